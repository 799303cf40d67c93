import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { workspaceRoot } from '@mnist-edge/command';
import { createRandom, drawDigits, testLabelErrorsOf } from '@mnist-edge/data';
import { modelCard } from '@mnist-edge/exporter/model-card';
import { PIXELS } from '@mnist-edge/recognizer';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { measuredSections } from './card.ts';
import { measure } from './measure.ts';
import { mistakesPicture } from './mistakes-picture.ts';
import { openModel } from './open-model.ts';
import { drawOthers } from './others.ts';
import { measureRejection } from './rejection.ts';
import { testReport } from './test-report.ts';

const folder = join(workspaceRoot, 'models/digits');
const released = await openModel(folder);
const { bundle } = released.recognizer;

test('a card says what was measured', async () => {
  const digits = drawDigits(20, createRandom(9));
  const logits = await released.answer(digits.images);
  const robustness = await measure(released, digits, 'test');
  const measured = {
    test: testReport(bundle, logits, digits.labels, { voted: [0, 3], named: [] }),
    robustness,
    against: { ...robustness, model: 'other', mean: 0.125 },
    rejection: await measureRejection(released, digits, drawOthers(50), 0.008, () => true),
    seeds: [0.99, 0.995, 0.997].map((accuracy, i) => ({
      seed: bundle.training.seed + i,
      validation: { images: 100, accuracy: 0.98, loss: 0.1 },
      test: { images: 100, accuracy, loss: 0.1 },
      seconds: 60,
      machine: 'two cores',
      weights: 'a'.repeat(64),
    })),
  };
  const card = modelCard(bundle, measuredSections(bundle, measured, 'mistakes.svg'));
  for (const { family } of robustness.rows) expect(card).toContain(`| ${family} `);
  for (const { kind } of measured.rejection.kinds) expect(card).toContain(`| ${kind} `);
  expect(card).toMatch(/\| test +\| +99\.400 % \| +0\.361 % \| 99\.500 % \| 99\.00 % to 99\.70 % \|/);
  expect(card).toContain(`This model is that of seed ${bundle.training.seed}; none was more accurate on validation`);
  const [own, ...others] = measured.seeds;
  const better = others.map((run) => ({ ...run, validation: { ...run.validation, accuracy: 0.99 } }));
  const outdone = { ...measured, seeds: [own!, ...better] };
  expect(measuredSections(bundle, outdone, 'mistakes.svg')).not.toContain('This model is that of seed');
  expect(card).toContain('](mistakes.svg)');
  expect(card).toMatch(/The labels of test images 0, 3 are wrong\s+in the eyes of most people/);
  expect(card).toContain('its mean over the families is 12.50 %');
  expect(card).not.toMatch(/undefined|NaN|null/);
  expect(modelCard(bundle)).not.toContain('## On digits that were spoilt');
});

test('the released card is the one that its bundle and these tools make', async () => {
  const card = await readFile(join(folder, 'README.md'), 'utf8');
  const head = modelCard(bundle, '').split('## ')[0]!;
  expect(card.startsWith(head)).toBe(true);
  for (const title of ['By class', 'What it gets wrong', 'On digits that were spoilt', 'On what is no digit']) {
    expect(card).toContain(`\n## ${title}`);
  }
  expect(card).toContain(testLabelErrorsOf('mnist')!.voted.join(', '));
});

test('a picture of mistakes shows each image as it is, and both labels', async () => {
  const images = Uint8Array.from({ length: 3 * PIXELS }, (_, i) => (i * 7) % 256);
  const mistakes = [
    { image: 2, given: 0, answer: 1, probability: 0.9 },
    { image: 0, given: 1, answer: 0, probability: 0.8 },
  ];
  const svg = await mistakesPicture(mistakes, images, ['<a>', 'b & c']);
  expect(svg).toContain('>&lt;a> → b &amp; c<');
  const uris = [...svg.matchAll(/base64,([^"]+)"/g)].map(([, base64]) => Buffer.from(base64!, 'base64'));
  const pixels = await Promise.all(uris.map((png) => sharp(png).greyscale().raw().toBuffer()));
  expect(pixels.map((bytes) => new Uint8Array(bytes))).toEqual([images.slice(2 * PIXELS), images.slice(0, PIXELS)]);
  // An SVG that is not well-formed would be refused.
  expect((await sharp(Buffer.from(svg)).metadata()).width).toBe(640);
});
