import type { Bundle } from '@mnist-edge/recognizer';
import type { IndexEntry } from '../models/repository.ts';

/** What the first process asks of a serving one. */
export type Order =
  | { readonly kind: 'index'; readonly id: number }
  | { readonly kind: 'load' | 'unload'; readonly id: number; readonly name: string };

/** What a serving process tells the first one. */
export type Report =
  | { readonly kind: 'ready'; readonly url: string; readonly grpc: string | null; readonly bundle: Bundle }
  | {
      readonly kind: 'done';
      readonly id: number;
      readonly index: readonly IndexEntry[];
      /** What a Refusal says; null when it went well. */
      readonly refusal: { readonly status: number; readonly message: string } | null;
    };

/** Messages of ours carry this mark; libraries send theirs over the same channel. */
export const MARK = 'mnist-edge';
