import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { workspaceRoot } from '@mnist-edge/command';
import { datasetFolder, readSplit, type Split } from '@mnist-edge/data';
import { parseBundle } from '@mnist-edge/recognizer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Comparison, compare, TOLERANCE, table } from './compare.ts';
import type { Fixture, Runtime, Timed } from './runtime.ts';
import { reference, runtimes } from './runtimes/index.ts';

let fixture: Fixture;
let images: Split;
let expected: Timed;
const rows: Comparison[] = [];

beforeAll(async () => {
  const folder = join(workspaceRoot, 'models', 'digits');
  const bundle = parseBundle(JSON.parse(await readFile(join(folder, 'bundle.json'), 'utf8')));
  fixture = { folder, bundle };
  images = await readSplit(datasetFolder(bundle.training.dataset.name), 'test');
  expected = await answers(reference);
  rows.push(compare(reference.name, expected, expected.logits, images.labels));
});

afterAll(() => {
  const { name, version } = fixture.bundle;
  process.stdout.write(
    `\nThe ${images.count} test images through every runtime, ${name} ${version}:\n\n${table(rows)}\n\n`,
  );
});

async function answers(runtime: Runtime): Promise<Timed> {
  const open = await runtime.open(fixture);
  try {
    return await open.run(images.images);
  } finally {
    await open.close();
  }
}

test('the reference is the model that the bundle describes', () => {
  expect(images.count).toBe(fixture.bundle.metrics.test.images);
  expect(rows[0]!.right / images.count).toBe(fixture.bundle.metrics.test.accuracy);
});

test.each(runtimes.map((runtime) => [runtime.name, runtime] as const))(
  '%s answers like the reference',
  async (_, runtime) => {
    const row = compare(runtime.name, await answers(runtime), expected.logits, images.labels);
    rows.push(row);
    expect(row.images).toBe(images.count);
    expect(row.largestDifference).toBeLessThanOrEqual(TOLERANCE);
    expect(row.disagreements).toBe(0);
    expect(row.right).toBe(rows[0]!.right);
  },
);
