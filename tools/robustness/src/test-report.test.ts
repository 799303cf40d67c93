import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '@mnist-edge/command';
import { parseBundle } from '@mnist-edge/recognizer';
import { expect, test } from 'vitest';
import { testReport } from './test-report.ts';

const released = parseBundle(JSON.parse(readFileSync(join(workspaceRoot, 'models/digits/bundle.json'), 'utf8')));
const bundle = { ...released, temperature: 1, rejection: { score: 'logit', threshold: 1 } as const };

/** Logits of one image: so high for a class, 0 for all others. */
const sure = (index: number, logit: number) => Float32Array.from({ length: 10 }, (_, i) => (i === index ? logit : 0));
const all = (...rows: Float32Array[]) => Float32Array.from(rows.flatMap((row) => [...row]));

test('mistakes are named by image, the surest first, and a refused image counts as refused', () => {
  const found = testReport(
    bundle,
    all(sure(3, 9), sure(4, 2), sure(5, 5), sure(6, 0.5)),
    Uint8Array.of(3, 9, 2, 6),
    null,
  );
  expect(found).toMatchObject({ images: 4, accuracy: 0.5, rejected: 0.25, disputed: null });
  expect(found.mistakes).toMatchObject([
    { image: 2, given: 2, answer: 5 },
    { image: 1, given: 9, answer: 4 },
  ]);
  expect(found.mistakes[0]!.probability).toBeCloseTo(Math.exp(5) / (Math.exp(5) + 9), 9);
  expect(found.classes[3]).toMatchObject({ images: 1, precision: 1, recall: 1 });
  expect(found.classes[5]).toMatchObject({ images: 0, precision: 0, recall: null });
});

test('images whose label is called wrong are left out of the other accuracy, right answers among them too', () => {
  const logits = all(sure(0, 9), sure(1, 9), sure(2, 9), sure(3, 9));
  const found = testReport(bundle, logits, Uint8Array.of(0, 7, 2, 7), { voted: [1, 2], named: [] });
  expect(found.accuracy).toBe(0.5);
  expect(found.disputed).toEqual({ images: [1, 2], accuracy: 0.5 });
});

test('calibration is measured with the temperature applied', () => {
  const [logits, labels] = [all(sure(0, 4), sure(0, 4)), Uint8Array.of(0, 1)];
  const p = (temperature: number) => Math.exp(4 / temperature) / (Math.exp(4 / temperature) + 9);
  for (const temperature of [0.5, 1, 4]) {
    const found = testReport({ ...bundle, temperature }, logits, labels, null);
    expect(found.calibrationError).toBeCloseTo(Math.abs(p(temperature) - 0.5), 9);
    const other = (1 - p(temperature)) / 9;
    expect(found.negativeLogLikelihood).toBeCloseTo(-(Math.log(p(temperature)) + Math.log(other)) / 2, 6);
  }
});
