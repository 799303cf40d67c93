import { type Bundle, drawStrokes, normalize, SIDE, toTensor } from '@mnist-edge/recognizer';
import type { Request } from './load.ts';
import { encodePng } from './png.ts';

/** A seven, as somebody draws it on a canvas of 280 × 280. */
const drawing = drawStrokes(
  [
    [
      { x: 80, y: 70 },
      { x: 200, y: 65 },
      { x: 130, y: 220 },
    ],
  ],
  { width: 280, height: 280, pen: 22 },
);

/** One image as the Open Inference Protocol has it, in JSON. */
export function inferRequest(bundle: Bundle): Request {
  const data = Array.from(toTensor(normalize(drawing)!));
  const inputs = [{ name: bundle.input.name, shape: [1, SIDE, SIDE, 1], datatype: 'FP32', data }];
  return {
    method: 'POST',
    path: `/v2/models/${bundle.name}/infer`,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ inputs }),
  };
}

/** The same digit as a picture. */
export function recognizeRequest(): Request {
  return {
    method: 'POST',
    path: '/api/recognize',
    headers: { 'Content-Type': 'image/png' },
    body: encodePng(drawing),
  };
}
