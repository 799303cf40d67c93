import type { DigitRecognizerEvents, Model } from './api.ts';
import type { Answers } from './compare.ts';
import type { Language } from './language.ts';
import type { WriteNumber } from './numbers.ts';

/** What a person can switch on this page. */
export const options = ['multiple', 'explain', 'compare'] as const;
export type Option = (typeof options)[number];

/** `waiting`: nothing was drawn yet. */
export type Comparison = 'waiting' | 'asking' | 'failed' | readonly Answers[];

export interface PageState {
  readonly language: Language;
  readonly write: WriteNumber;
  /** The loaded model; null until then. */
  readonly model: Model | null;
  readonly on: Readonly<Record<Option, boolean>>;
  readonly comparison: Comparison;
  /** A number was drawn where one digit is read. */
  readonly tooMany: boolean;
}

/** What the page does when something happens on it. */
export interface PageActions {
  readonly ready: (event: DigitRecognizerEvents['ready']) => void;
  readonly read: (event: DigitRecognizerEvents['recognized']) => void;
  readonly setLanguage: (language: Language) => void;
  readonly setOption: (option: Option, on: boolean) => void;
}
