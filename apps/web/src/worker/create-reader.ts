import { drawStrokes, layOut, type Recognition, type Recognizer } from '@mnist-edge/recognizer';
import type { Reading } from '../api.ts';
import { loadRecognizer } from '../runtime.ts';
import type { Reader } from './reader.ts';

/** Strokes no longer than this share of the sheet either way are a dot and no digit. */
const DOT = 0.05;

/** A reader that has no model yet. */
export function createReader(): Reader {
  let recognizer: Recognizer | null = null;

  return {
    async open({ model, wasm }) {
      recognizer = await loadRecognizer(model, wasm === null ? {} : { wasm });
      return recognizer.bundle;
    },

    async readDrawing({ strokes }) {
      const sheet = layOut(strokes, DOT);
      if (sheet === null) return null;
      return oneDigit(await recognizer!.recognize(drawStrokes(sheet.strokes, sheet.canvas)));
    },
  };
}

function oneDigit(digit: Recognition): Reading {
  return { label: digit.label, rejection: digit.rejection, digits: [digit] };
}
