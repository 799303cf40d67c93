import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stroke } from '@mnist-edge/recognizer';

/** A drawing as the page's pen gives it: points in shares of the sheet. */
export interface Drawing {
  /** The digit, or what it is instead. */
  readonly kind: string;
  /** Which way of writing it. */
  readonly style: string;
  readonly strokes: readonly Stroke[];
}

/** A drawing in a file: each stroke is x, y, x, y, … in whole thousandths of the sheet. */
interface Stored {
  readonly kind: string;
  readonly style: string;
  readonly strokes: readonly (readonly number[])[];
}

/** The drawings of a file's text. */
export function parseDrawings(text: string): Drawing[] {
  const stored: Stored[] = JSON.parse(text);
  return stored.map(({ kind, style, strokes }) => ({
    kind,
    style,
    strokes: strokes.map((numbers) =>
      Array.from({ length: numbers.length / 2 }, (_, i) => ({
        x: numbers[2 * i]! / 1000,
        y: numbers[2 * i + 1]! / 1000,
      })),
    ),
  }));
}

/** A file's text: a drawing to a line, so that a change of one is a line's change. */
export function drawingsText(drawings: readonly Drawing[]): string {
  const lines = drawings.map(({ kind, style, strokes }) => {
    const numbers = strokes.map((stroke) => stroke.flatMap(({ x, y }) => [Math.round(1000 * x), Math.round(1000 * y)]));
    return JSON.stringify({ kind, style, strokes: numbers } satisfies Stored);
  });
  return `[\n${lines.join(',\n')}\n]\n`;
}

/** Files of drawings that are committed beside this one. */
export type DrawingSet = 'digits' | 'non-digits' | 'unseen-non-digits' | 'fresh-non-digits';

export async function readDrawings(name: DrawingSet): Promise<Drawing[]> {
  return parseDrawings(await readFile(join(import.meta.dirname, `${name}.json`), 'utf8'));
}
