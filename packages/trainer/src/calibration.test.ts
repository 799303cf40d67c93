import { createRandom } from '@mnist-edge/data';
import { softmax } from '@mnist-edge/recognizer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Answers, chooseThreshold, fitTemperature } from './calibration.ts';
import { crossEntropy } from './score.ts';

/** Answers whose labels are drawn from softmax(logits / temperature): that temperature is the right one. */
function answersAt(temperature: number, count: number, seed: number): Answers {
  const random = createRandom(seed);
  const logits = Float32Array.from({ length: count * 10 }, () => 3 * random.normal());
  const labels = Uint8Array.from({ length: count }, (_, i) => {
    const row = softmax(logits.subarray(i * 10, (i + 1) * 10), temperature);
    const drawn = random.next();
    let label = 0;
    for (let sum = row[0]!; sum < drawn && label < 9; sum += row[label]!) label++;
    return label;
  });
  return { logits, labels };
}

test.each([0.5, 1, 2.5])('finds a temperature of %d', (temperature) => {
  expect(fitTemperature(answersAt(temperature, 5000, 1)) / temperature).toBeCloseTo(1, 1);
});

test('no temperature around it does better', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.3, max: 3, noNaN: true }),
      fc.integer({ min: 0, max: 1000 }),
      (temperature, seed) => {
        const answers = answersAt(temperature, 300, seed);
        const fitted = fitTemperature(answers);
        for (const other of [0.98, 1.02]) {
          const loss = (temperature: number) => crossEntropy(answers.logits, answers.labels, temperature);
          expect(loss(fitted)).toBeLessThanOrEqual(loss(fitted * other) + 1e-9);
        }
      },
    ),
    { numRuns: 20 },
  );
});

test('the threshold refuses at most 0.2 % of the digits, and a higher one would refuse more', () => {
  const answers = answersAt(1, 5000, 2);
  const threshold = chooseThreshold(answers, 1);
  const refused = (limit: number) =>
    answers.labels.filter((_, i) => Math.max(...softmax(answers.logits.subarray(i * 10, (i + 1) * 10))) < limit).length;
  expect(refused(threshold)).toBeLessThanOrEqual(10);
  expect(refused(threshold + 0.01)).toBeGreaterThan(10);
});
