import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TrainConfig } from './config.ts';
import { quick } from './run.fixture.ts';
import { learningRate } from './schedule.ts';

const config: TrainConfig = { ...quick, learningRate: 0.01, schedule: 'one-cycle' };

test('constant stays', () => {
  expect(learningRate({ ...config, schedule: 'constant' }, 7, 10)).toBe(0.01);
});

test('cosine falls from the peak to a thousandth', () => {
  const rates = [0, 200, 400].map((step) => learningRate({ ...config, schedule: 'cosine' }, step, 401));
  expect(rates[0]).toBeCloseTo(0.01, 10);
  expect(rates[1]).toBeCloseTo((0.01 + 0.00001) / 2, 10);
  expect(rates[2]).toBeCloseTo(0.00001, 10);
});

test('one-cycle starts at a tenth, peaks after a quarter and ends at a thousandth', () => {
  expect(learningRate(config, 0, 401)).toBeCloseTo(0.001, 10);
  expect(learningRate(config, 100, 401)).toBeCloseTo(0.01, 10);
  expect(learningRate(config, 400, 401)).toBeCloseTo(0.00001, 10);
});

test('one-cycle rises, then falls, and never leaves (0, peak]', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 500 }), (steps) => {
      const rates = Array.from({ length: steps }, (_, step) => learningRate(config, step, steps));
      const peak = rates.indexOf(Math.max(...rates));
      for (const [step, rate] of rates.entries()) {
        expect(rate).toBeGreaterThan(0);
        expect(rate).toBeLessThanOrEqual(0.01);
        if (step > 0) expect(rate > rates[step - 1]!).toBe(step <= peak);
      }
    }),
  );
});

test('a run of one step is defined', () => {
  expect(learningRate(config, 0, 1)).toBeGreaterThan(0);
});
