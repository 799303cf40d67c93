import type { Reading, Rejection } from './api.ts';
import type { Method } from './explanation.ts';
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
  readonly picture: string;
  readonly camera: string;
  readonly cameraSees: string;
  readonly take: string;
  readonly cancel: string;
  readonly noCamera: string;
  readonly noInk: string;
  readonly dropHere: string;
  readonly awaiting: string;
  readonly loading: string;
  readonly seen: string;
  readonly seenNothing: string;
  readonly probabilities: string;
  readonly uncertain: string;
  /** Why there is no answer, and what to do. */
  readonly advice: Readonly<Record<Rejection, string>>;
  readonly adviceSeveral: string;
  /** The digits of a number, to choose the one that is shown in full. */
  readonly digits: string;
  readonly wrong: string;
  readonly whatIsIt: string;
  readonly save: string;
  readonly forget: string;
  readonly forgotten: string;
  readonly layers: string;
  readonly foundBy: string;
  readonly methods: Readonly<Record<Method, string>>;
  readonly required: string;
  readonly failed: string;
  readonly retry: string;
  readonly cleared: string;
  adviceTooMany(number: string): string;
  taught(count: number): string;
  learned(label: string): string;
  layer(channels: number, side: number): string;
  explained(label: string): string;
  sure(share: string): string;
  answered(label: string, share: string): string;
}

/** Why a reading was rejected, and what to do. */
export function adviceOn({ rejection, digits, tooMany }: Reading, words: Words): string {
  if (tooMany !== null) return words.adviceTooMany(tooMany);
  return digits.length > 1 ? words.adviceSeveral : words.advice[rejection ?? 'uncertain'];
}

export const words: Readonly<Record<Language, Words>> = { en, zh };
