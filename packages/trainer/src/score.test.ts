import { expect, test } from 'vitest';
import { score } from './score.ts';

test('counts right answers and averages the cross-entropy', () => {
  const result = score(Float32Array.of(2, 0, 0, 0, 3, 0), Uint8Array.of(0, 2));
  const right = -Math.log(Math.exp(2) / (Math.exp(2) + 2));
  const wrong = -Math.log(1 / (Math.exp(3) + 2));
  expect(result).toEqual({ images: 2, accuracy: 0.5, loss: expect.closeTo((right + wrong) / 2, 10) });
});

test('an answer that is as wrong as can be has a finite loss', () => {
  expect(Number.isFinite(score(Float32Array.of(1e30, -1e30), Uint8Array.of(1)).loss)).toBe(true);
});
