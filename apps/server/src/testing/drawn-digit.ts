import { drawStrokes, type GreyImage, type Point, type Stroke } from '@mnist-edge/recognizer';

/** For tests: a digit 0..9 as a person draws it, bright ink on black, in a square of `side` pixels. */
export function drawnDigit(digit: number, side = 280): GreyImage {
  const strokes = DIGITS[digit]!.map((stroke) => stroke.map(({ x, y }) => ({ x: x * side, y: y * side })));
  return drawStrokes(strokes, { width: side, height: side, pen: side * 0.08 });
}

/** Strokes in a square of side 1. */
const DIGITS: readonly (readonly Stroke[])[] = [
  [arc(0.5, 0.5, 0.24, 0.34, -90, 270)],
  [line(0.54, 0.16, 0.48, 0.84)],
  [[...arc(0.49, 0.34, 0.2, 0.18, -170, 20), ...line(0.3, 0.8, 0.74, 0.8)]],
  [[...arc(0.47, 0.33, 0.2, 0.17, -150, 80), ...arc(0.47, 0.66, 0.22, 0.18, -80, 150)]],
  [line(0.36, 0.18, 0.3, 0.52, 0.72, 0.52), line(0.66, 0.2, 0.62, 0.84)],
  [line(0.7, 0.18, 0.36, 0.18, 0.34, 0.46), arc(0.48, 0.63, 0.21, 0.2, -130, 140)],
  [[...line(0.62, 0.16, 0.42, 0.36, 0.33, 0.6), ...arc(0.5, 0.66, 0.17, 0.17, -180, 180)]],
  [line(0.28, 0.2, 0.72, 0.2, 0.44, 0.84)],
  [arc(0.5, 0.34, 0.16, 0.16, -90, 270), arc(0.5, 0.67, 0.19, 0.17, -90, 270)],
  [[...arc(0.48, 0.36, 0.17, 0.17, 0, 360), ...line(0.65, 0.36, 0.6, 0.84)]],
];

/** Points given as x, y, x, y, … */
function line(...numbers: number[]): Point[] {
  return Array.from({ length: numbers.length / 2 }, (_, i) => ({ x: numbers[2 * i]!, y: numbers[2 * i + 1]! }));
}

/** Part of an ellipse; degrees clockwise from three o'clock. */
function arc(x: number, y: number, radiusX: number, radiusY: number, from: number, to: number): Point[] {
  return Array.from({ length: 25 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / 24) * Math.PI) / 180;
    return { x: x + radiusX * Math.cos(angle), y: y + radiusY * Math.sin(angle) };
  });
}
