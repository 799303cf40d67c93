import type { Rejection } from './api.ts';
import type { Language } from './language.ts';
import { en } from './words.en.ts';
import { zh } from './words.zh.ts';

/** All that the element says. */
export interface Words {
  readonly draw: string;
  readonly drawNumber: string;
  readonly drawHere: string;
  readonly keys: string;
  readonly penDown: string;
  readonly penUp: string;
  readonly undo: string;
  readonly redo: string;
  readonly eraser: string;
  readonly clear: string;
  readonly awaiting: string;
  readonly loading: string;
  readonly seen: string;
  readonly seenNothing: string;
  readonly probabilities: string;
  readonly uncertain: string;
  /** Why there is no answer, and what to do. */
  readonly advice: Readonly<Record<Rejection, string>>;
  readonly required: string;
  readonly failed: string;
  readonly retry: string;
  readonly cleared: string;
  sure(share: string): string;
  answered(label: string, share: string): string;
}

export const words: Readonly<Record<Language, Words>> = { en, zh };
