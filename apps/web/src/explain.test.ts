import { drawStrokes, layOut, normalize, SIDE } from '@mnist-edge/recognizer';
import { expect, test } from 'vitest';
import { frameOf } from './explain.ts';

const stroke = [
  { x: 0.4, y: 0.2 },
  { x: 0.6, y: 0.2 },
  { x: 0.4, y: 0.6 },
];

test("the frame lies on the sheet so that the image's ink lies on the drawing's", () => {
  const { strokes, canvas } = layOut([stroke], 0)!;
  const image = normalize(drawStrokes(strokes, canvas))!;
  const box = { left: 0.4, top: 0.2, width: 0.2, height: 0.4 };
  const { left, top, side } = frameOf({ label: '7', index: 7, probabilities: [], rejection: null, image, box }, true);
  const inkAt = (x: number, y: number) => {
    const column = Math.floor(((x - left) / side) * SIDE);
    return image[Math.floor(((y - top) / side) * SIDE) * SIDE + column]!;
  };
  for (const { x, y } of stroke) expect(inkAt(x, y)).toBeGreaterThan(100);
  expect(inkAt(0.5, 0.2)).toBeGreaterThan(200);
  expect(inkAt(0.5, 0.4)).toBeGreaterThan(100);
  expect(inkAt(0.57, 0.55)).toBe(0);
});
