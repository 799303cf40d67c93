import type { Language } from './language.ts';
import { en } from './page-words.en.ts';
import { zh } from './page-words.zh.ts';

/** A heading and what stands under it. */
export interface Passage {
  readonly title: string;
  readonly text: string;
}

/** All that the page around the element says. */
export interface PageWords {
  readonly documentTitle: string;
  readonly title: string;
  readonly promise: string;
  readonly language: string;
  readonly how: string;
  /** From the pen to the answer. */
  readonly steps: readonly [Passage, Passage, Passage, Passage];
  readonly model: string;
  readonly modelLoading: string;
  readonly name: string;
  readonly version: string;
  readonly accuracy: string;
  readonly size: string;
  /** @param images how many test images, already formatted */
  tested(images: string): string;
  /** @param parameters how many weights, already formatted */
  parameters(parameters: string): string;
}

export const pageWords: Readonly<Record<Language, PageWords>> = { en, zh };
