import { drawStrokes, type GreyImage } from '@mnist-edge/recognizer';
import { smooth } from './digit-strokes.ts';
import { digit } from './states.ts';

/** A photo of a digit: grey ink on paper that is lighter at one side. */
export function photograph(wanted: string): { width: number; height: number; data: GreyImage['pixels'] } {
  const [width, height] = [240, 180];
  const strokes = digit(wanted).paths.map((path) =>
    smooth(path).map(({ x, y }) => ({ x: 60 + x * 120, y: 30 + y * 120 })),
  );
  const { pixels } = drawStrokes(strokes, { width, height, pen: 11 });
  const data = pixels.map((ink, at) => {
    const paper = 150 + 80 * ((at % width) / width);
    return Math.round(paper * (1 - (0.75 * ink) / 255));
  });
  return { width, height, data };
}
