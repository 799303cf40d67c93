import type { Score } from '@mnist-edge/recognizer';
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
  readonly options: string;
  readonly multiple: string;
  readonly explain: string;
  readonly compare: string;
  readonly comparison: string;
  readonly compareHint: string;
  readonly asking: string;
  readonly noServer: string;
  readonly browser: string;
  readonly server: string;
  readonly equal: string;
  readonly unequal: string;
  readonly how: string;
  /** From the pen to the answer. */
  readonly steps: readonly [Passage, Passage, Passage, Passage];
  readonly model: string;
  readonly modelLoading: string;
  readonly name: string;
  readonly version: string;
  readonly testAccuracy: string;
  readonly accuracy: string;
  readonly size: string;
  readonly measured: string;
  readonly images: string;
  readonly loss: string;
  readonly validation: string;
  readonly test: string;
  readonly card: string;
  readonly architecture: string;
  readonly trainedOn: string;
  readonly trainedIn: string;
  readonly temperature: string;
  /** What stands before one of `scores`. */
  readonly threshold: string;
  /** What an answer needs at least, by the score that decides; `least` is already formatted. */
  readonly scores: Readonly<Record<Score, (least: string) => string>>;
  readonly hash: string;
  /** @param images how many test images, already formatted */
  tested(images: string): string;
  /** @param parameters how many weights, already formatted */
  parameters(parameters: string): string;
  /** @param seconds already formatted */
  took(seconds: string, machine: string): string;
  /** @param share of probability, already formatted */
  largest(share: string): string;
}

export const pageWords: Readonly<Record<Language, PageWords>> = { en, zh };
