import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planRungs, rank } from './halving.ts';

test.each([
  [27, 12, 3, ['27 for 1', '9 for 4', '3 for 12']],
  [27, 27, 3, ['27 for 1', '9 for 3', '3 for 9', '1 for 27']],
  [8, 4, 2, ['8 for 1', '4 for 2', '2 for 4']],
  [2, 9, 3, ['2 for 9']],
  [9, 2, 3, ['9 for 2']],
  [1, 1, 2, ['1 for 1']],
])('%i trials of %i epochs, one in %i kept', (trials, epochs, eta, rungs) => {
  expect(planRungs(trials, epochs, eta).map((rung) => `${rung.trials} for ${rung.epochs}`)).toEqual(rungs);
});

test('rungs have ever fewer trials and ever more epochs, and end with all epochs', () => {
  const whole = (min: number, max: number) => fc.integer({ min, max });
  fc.assert(
    fc.property(whole(1, 1000), whole(1, 1000), whole(2, 10), (trials, epochs, eta) => {
      const rungs = planRungs(trials, epochs, eta);
      expect(rungs[0]!.trials).toBe(trials);
      expect(rungs.at(-1)!.epochs).toBe(epochs);
      expect(rungs[0]!.epochs).toBeGreaterThanOrEqual(1);
      expect(rungs.at(-1)!.trials).toBeGreaterThanOrEqual(1);
      for (const [i, rung] of rungs.slice(1).entries()) {
        expect(rung.trials).toBeLessThan(rungs[i]!.trials);
        expect(rung.epochs).toBeGreaterThan(rungs[i]!.epochs);
      }
    }),
  );
});

test('accuracy ranks first, then the loss, then who came first; a loss that is no number is the highest', () => {
  const standing = (trial: number, accuracy: number, loss: number) => ({
    trial,
    validation: { images: 10, accuracy, loss },
  });
  const ranked = rank([
    standing(0, 0.1, Number.NaN),
    standing(1, 0.9, 0.5),
    standing(2, 0.9, 0.4),
    standing(3, 0.1, 9),
    standing(4, 0.1, Number.NaN),
    standing(5, 0.9, 0.4),
  ]);
  expect(ranked.map(({ trial }) => trial)).toEqual([2, 5, 1, 3, 0, 4]);
});
