import { expect, test } from 'vitest';
import { chooseRejection } from './choose-rejection.ts';

test('no more than 0.8 % of the images score below it', () => {
  // 1,000 images of two classes; their highest logits are 0.0004, 1.0004, 2.0004, …
  const logits = Float32Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? Math.floor(i / 2) + 0.0004 : -5));
  expect(chooseRejection(logits, 2)).toEqual({ score: 'logit', threshold: 8 });
});

test('of a few images none is refused', () => {
  expect(chooseRejection(Float32Array.of(3, 1, 2, 7), 2)).toEqual({ score: 'logit', threshold: 3 });
});
