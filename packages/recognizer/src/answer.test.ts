import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answer, blankAnswer, topK } from './answer.ts';
import { bundleFixture } from './bundle.fixture.ts';
import { Problem } from './problem.ts';
import { softmax } from './softmax.ts';

const logit = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const logits = fc.array(logit, { minLength: 1, maxLength: 20 });
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

describe('softmax', () => {
  test('known values', () => {
    expect(softmax([0, 0])).toEqual([0.5, 0.5]);
    const [a, b] = softmax([0, Math.log(3)]);
    expect(a).toBeCloseTo(0.25, 15);
    expect(b).toBeCloseTo(0.75, 15);
  });

  test('any finite logits at any temperature give probabilities that sum to 1 and keep the order', () => {
    fc.assert(
      fc.property(logits, fc.double({ min: 0.01, max: 100, noNaN: true }), (values, temperature) => {
        const probabilities = softmax(values, temperature);
        expect(sum(probabilities)).toBeCloseTo(1, 12);
        for (let i = 0; i < values.length; i++) {
          expect(probabilities[i]).toBeGreaterThanOrEqual(0);
          expect(probabilities[i]).toBeLessThanOrEqual(1);
          for (let j = 0; j < values.length; j++) {
            if (values[i]! > values[j]!) expect(probabilities[i]).toBeGreaterThanOrEqual(probabilities[j]!);
          }
        }
      }),
    );
  });

  test('a number added to all logits changes nothing', () => {
    const shifted = softmax([1001, 1002, 1003]);
    softmax([1, 2, 3]).forEach((probability, i) => {
      expect(shifted[i]).toBeCloseTo(probability, 12);
    });
  });

  test('huge logits neither overflow nor vanish', () => {
    expect(softmax([1e308, 0])).toEqual([1, 0]);
    expect(softmax([-1e308, -1e308])).toEqual([0.5, 0.5]);
  });

  test('a temperature above 1 evens the probabilities out, below 1 sharpens them', () => {
    const [low, plain, high] = [0.5, 1, 4].map((temperature) => softmax([2, 0], temperature)[0]!);
    expect(plain).toBeCloseTo(1 / (1 + Math.exp(-2)), 15);
    expect(low).toBeCloseTo(1 / (1 + Math.exp(-4)), 15);
    expect(high).toBeCloseTo(1 / (1 + Math.exp(-0.5)), 15);
  });

  test('float32 logits are taken to double precision', () => {
    expect(softmax(Float32Array.of(1, 2, 3))).toEqual(softmax([1, 2, 3]));
  });
});

describe('topK', () => {
  test('the highest first, ties in their order', () => {
    expect(topK([0.1, 0.5, 0.2, 0.5], 3)).toEqual([1, 3, 2]);
  });

  test('as many as asked for and as there are, all different, never rising', () => {
    fc.assert(
      fc.property(logits, fc.nat(25), (values, k) => {
        const top = topK(values, k);
        expect(top).toHaveLength(Math.min(k, values.length));
        expect(new Set(top).size).toBe(top.length);
        const left = values.filter((_, i) => !top.includes(i));
        const taken = top.map((i) => values[i]!);
        expect(taken).toEqual(taken.toSorted((a, b) => b - a));
        for (const value of left) expect(taken.every((t) => t >= value)).toBe(true);
      }),
    );
  });
});

describe('answer', () => {
  const seven = [0, 0, 0, 0, 0, 0, 0, 9, 0, 0];

  test('the label of the highest logit, with calibrated probabilities', () => {
    const bundle = bundleFixture({ labels: [...'abcdefghij'], temperature: 2 });
    expect(answer(Float32Array.from(seven), bundle)).toEqual({
      label: 'h',
      index: 7,
      probabilities: softmax(seven, 2),
      rejection: null,
    });
  });

  test('below the threshold there is no label, at the threshold there is', () => {
    const best = softmax(seven, 1.25)[7]!;
    expect(answer(seven, bundleFixture({ rejectionThreshold: best }))).toMatchObject({ label: '7', rejection: null });
    expect(answer(seven, bundleFixture({ rejectionThreshold: best + 1e-9 }))).toEqual({
      label: null,
      index: null,
      probabilities: softmax(seven, 1.25),
      rejection: 'uncertain',
    });
  });

  test('a threshold of 0 refuses nothing, not even a tie of all classes', () => {
    expect(answer(new Array(10).fill(3), bundleFixture({ rejectionThreshold: 0 }))).toMatchObject({
      label: '0',
      index: 0,
    });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('a logit of %d is no answer', (bad) => {
    const broken = seven.with(3, bad);
    expect(() => answer(broken, bundleFixture())).toThrow(Problem);
    expect(() => answer(broken, bundleFixture())).toThrow(/digits 1\.2\.3 .*should be finite/);
  });

  test('a blank image has no label, and all labels are equally likely', () => {
    expect(blankAnswer(bundleFixture())).toEqual({
      label: null,
      index: null,
      probabilities: new Array(10).fill(0.1),
      rejection: 'blank',
    });
  });
});
