import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answer } from './answer.ts';
import { bundleFixture } from './bundle.fixture.ts';
import { parseBundle } from './bundle.ts';
import { scoreNames, scores } from './rejection.ts';
import { softmax } from './softmax.ts';

const logits = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 2, maxLength: 12 });

describe('scores', () => {
  test('known values', () => {
    const [ten, zero] = [Math.log(10), 0];
    expect(scores.probability([ten, zero], 1)).toBeCloseTo(10 / 11, 12);
    expect(scores.logit([ten, zero])).toBe(ten);
    expect(scores.margin([zero, ten, 1])).toBeCloseTo(ten - 1, 12);
    expect(scores.energy([ten, zero], 1)).toBeCloseTo(Math.log(11), 12);
    expect(scores.energy([2 * ten, zero], 2)).toBeCloseTo(2 * Math.log(11), 12);
  });

  test('energy is between the highest logit and that of as many equal ones; a shift of all logits shifts it', () => {
    fc.assert(
      fc.property(logits, fc.double({ min: 0.5, max: 2, noNaN: true }), (values, temperature) => {
        const highest = Math.max(...values);
        const energy = scores.energy(values, temperature);
        expect(energy).toBeGreaterThanOrEqual(highest - 1e-9);
        expect(energy).toBeLessThanOrEqual(highest + temperature * Math.log(values.length) + 1e-9);
        const shifted = values.map((value) => value + 3);
        expect(scores.energy(shifted, temperature)).toBeCloseTo(energy + 3, 9);
      }),
    );
  });

  test('huge logits stay finite', () => {
    for (const name of scoreNames) expect(Number.isFinite(scores[name]([1e300, -1e300, 0], 1))).toBe(true);
  });
});

describe('a bundle that names a score', () => {
  test.each(scoreNames)('rejects by %s alone, and only below the threshold', (score) => {
    const values = [4, 1, 0.5];
    const own = scores[score](values, 1.25);
    const bundle = (threshold: number) =>
      bundleFixture({ labels: ['a', 'b', 'c'], rejectionThreshold: 1, rejection: { score, threshold } });
    expect(answer(values, bundle(own))).toMatchObject({ label: 'a', rejection: null });
    expect(answer(values, bundle(own + 1e-9))).toMatchObject({
      label: null,
      rejection: 'uncertain',
      probabilities: softmax(values, 1.25),
    });
  });

  test('is read, and one with another score is refused with those there are', () => {
    const rejection = { score: 'energy', threshold: 6.5 } as const;
    expect(parseBundle(bundleFixture({ rejection })).rejection).toEqual(rejection);
    expect(parseBundle(bundleFixture()).rejection).toBeUndefined();
    const json = { ...bundleFixture(), rejection: { score: 'mood', threshold: 1 } };
    expect(() => parseBundle(json)).toThrow(/rejection\.score: .*"probability".*"mood"/);
    expect(() => parseBundle({ ...bundleFixture(), rejection: { score: 'logit' } })).toThrow(/rejection\.threshold/);
  });
});
