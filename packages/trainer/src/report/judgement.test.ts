import fc from 'fast-check';
import { expect, test } from 'vitest';
import { classScores, confusionOf, probabilitiesOf, reliabilityOf, wilsonInterval } from './judgement.ts';

test('a confusion matrix worked out by hand, and its scores', () => {
  const sure = (label: number) => [0, 1, 2].map((i) => (i === label ? 0.8 : 0.1));
  const labels = Uint8Array.from([0, 0, 0, 1, 1, 2]);
  const confusion = confusionOf([0, 0, 1, 1, 0, 1].map(sure), labels, 3);
  expect(confusion).toEqual([
    [2, 1, 0],
    [1, 1, 0],
    [0, 1, 0],
  ]);
  expect(classScores(confusion)).toEqual([
    { images: 3, precision: 2 / 3, recall: 2 / 3, f1: 4 / 6 },
    { images: 2, precision: 1 / 3, recall: 1 / 2, f1: 2 / 5 },
    { images: 1, precision: null, recall: 0, f1: null },
  ]);
});

test('scores are shares, F1 lies between precision and recall, and every image is counted once', () => {
  const matrix = fc
    .integer({ min: 2, max: 6 })
    .chain((n) => fc.array(fc.array(fc.nat(50), { minLength: n, maxLength: n }), { minLength: n, maxLength: n }));
  fc.assert(
    fc.property(matrix, (confusion) => {
      const scores = classScores(confusion);
      expect(scores.reduce((sum, { images }) => sum + images, 0)).toBe(confusion.flat().reduce((a, b) => a + b, 0));
      for (const { precision, recall, f1 } of scores) {
        if (precision === null || recall === null) expect(f1).toBeNull();
        else {
          expect(f1!).toBeGreaterThanOrEqual(Math.min(precision, recall) - 1e-12);
          expect(f1!).toBeLessThanOrEqual(Math.max(precision, recall) + 1e-12);
        }
      }
    }),
  );
});

test('calibration error: 0 for one that is right as often as it says, else the distance', () => {
  const half = Array.from({ length: 10 }, () => [0.6, 0.4]);
  expect(reliabilityOf(half, Uint8Array.from([0, 0, 0, 0, 0, 0, 1, 1, 1, 1])).error).toBeCloseTo(0);
  expect(reliabilityOf(half, new Uint8Array(10)).error).toBeCloseTo(0.4);
  const sure = Array.from({ length: 4 }, () => [1, 0]);
  const { bins, error } = reliabilityOf([...half, ...sure], Uint8Array.from([...new Array(10).fill(1), 0, 0, 0, 1]));
  expect(bins).toHaveLength(2);
  expect(error).toBeCloseTo((10 / 14) * 0.6 + (4 / 14) * 0.25);
});

test('probabilities of logits, cooler and hotter', () => {
  const answers = { logits: Float32Array.from([2, 0, 0, 0]), labels: Uint8Array.from([0, 1]) };
  expect(probabilitiesOf(answers)[0]![0]).toBeCloseTo(Math.exp(2) / (Math.exp(2) + 1));
  expect(probabilitiesOf(answers, 2)[0]![0]).toBeCloseTo(Math.exp(1) / (Math.exp(1) + 1));
  expect(probabilitiesOf(answers)[1]).toEqual([0.5, 0.5]);
});

test("Wilson's interval: two known values, and always around the share and within 0..1", () => {
  expect(wilsonInterval(9_953, 10_000).map((bound) => Number((100 * bound).toFixed(2)))).toEqual([99.38, 99.65]);
  expect(wilsonInterval(0, 10).map((bound) => Number(bound.toFixed(4)))).toEqual([0, 0.2775]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (of, share) => {
      const right = Math.floor(share * of);
      const [low, high] = wilsonInterval(right, of);
      expect(low).toBeLessThanOrEqual(right / of);
      expect(high).toBeGreaterThanOrEqual(right / of);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
    }),
  );
});
