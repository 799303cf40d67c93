import { drawStrokes, layOut, normalize, type Stroke } from '@mnist-edge/recognizer';
import { readDrawings } from '@mnist-edge/web/handwriting';
import type { Others } from './others.ts';

/**
 * The scribbles, letters and shapes that the web page is tested with, by kind: drawn as strokes by a hand that no net is
 * trained on, and seen by the net as the page shows them.
 */
export async function handwrittenOthers(): Promise<Others[]> {
  const drawings = await readDrawings('non-digits');
  return [...new Set(drawings.map(({ kind }) => kind))].map((kind) => {
    const images = drawings.filter((drawing) => drawing.kind === kind).map(({ strokes }) => imageOf(strokes));
    return { name: `page: ${kind}`, images: Uint8Array.from(images.flatMap((image) => [...image])) };
  });
}

function imageOf(strokes: readonly Stroke[]): Uint8Array {
  const { strokes: placed, canvas } = layOut(strokes, 0)!;
  return normalize(drawStrokes(placed, canvas))!;
}
