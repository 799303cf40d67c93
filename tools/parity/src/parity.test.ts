import { readdirSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceRoot } from '@mnist-edge/command';
import { datasetFolder, readSplit, type Split } from '@mnist-edge/data';
import { parseBundle } from '@mnist-edge/recognizer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Comparison, compare, TOLERANCE, table } from './compare.ts';
import type { Fixture, Runtime, Timed } from './runtime.ts';
import { reference, runtimes, sessions } from './runtimes/index.ts';

/**
 * How far the logits of an 8-bit model may be from the fp32 reference's, and how many of the most likely classes may
 * be others: it rounds, and that is all it may do. Where runtimes round a tie otherwise, they differ among themselves.
 */
const INT8 = { tolerance: 1.5, disagreements: 10, lost: 3 };

describe.each(readdirSync(join(workspaceRoot, 'models')))('%s', (name) => {
  let released: Fixture;
  /** The bundle as it would be, were the 8-bit model its only one. */
  let int8: Fixture;
  let images: Split;
  let expected: Timed;
  const rows: Comparison[] = [];
  const int8Rows: Comparison[] = [];

  beforeAll(async () => {
    const folder = join(workspaceRoot, 'models', name);
    const bundle = parseBundle(JSON.parse(await readFile(join(folder, 'bundle.json'), 'utf8')));
    released = { folder, bundle };
    int8 = await withInt8Alone(released);
    images = await readSplit(datasetFolder(bundle.training.dataset.name), 'test');
    expected = await answers(reference, released, images);
    rows.push(compare(reference.name, expected, expected.logits, images.labels));
    int8Rows.push(rows[0]!);
  });

  afterAll(async () => {
    const { name, version } = released.bundle;
    process.stdout.write(
      `\nThe ${images.count} test images through every runtime, ${name} ${version}:\n\n${table(rows)}\n\n` +
        `Its 8-bit model:\n\n${table(int8Rows)}\n\n`,
    );
    await rm(int8.folder, { recursive: true });
  });

  /** A runtime's answers beside the reference's, as a row of a table. */
  async function measure(runtime: Runtime, fixture: Fixture, rows: Comparison[]): Promise<Comparison> {
    const row = compare(runtime.name, await answers(runtime, fixture, images), expected.logits, images.labels);
    rows.push(row);
    expect(row.images).toBe(images.count);
    return row;
  }

  test('the reference is the model that the bundle describes', () => {
    expect(images.count).toBe(released.bundle.metrics.test.images);
    expect(rows[0]!.right / images.count).toBe(released.bundle.metrics.test.accuracy);
  });

  test.each(runtimes.map((runtime) => [runtime.name, runtime] as const))(
    '%s answers like the reference',
    async (_, runtime) => {
      const row = await measure(runtime, released, rows);
      expect(row.largestDifference).toBeLessThanOrEqual(TOLERANCE);
      expect(row.disagreements).toBe(0);
      expect(row.right).toBe(rows[0]!.right);
    },
  );

  test.each(sessions.map((runtime) => [runtime.name, runtime] as const))(
    '%s answers nearly so with the 8-bit model',
    async (_, runtime) => {
      const row = await measure(runtime, int8, int8Rows);
      // It would be none of its rounding, were there no difference at all.
      expect(row.largestDifference).toBeGreaterThan(TOLERANCE);
      expect(row.largestDifference).toBeLessThanOrEqual(INT8.tolerance);
      expect(row.disagreements).toBeLessThanOrEqual(INT8.disagreements);
      expect(row.right).toBeGreaterThanOrEqual(rows[0]!.right - INT8.lost);
    },
  );
});

async function withInt8Alone({ folder, bundle }: Fixture): Promise<Fixture> {
  const copy = await mkdtemp(join(tmpdir(), 'mnist-edge-int8-'));
  await cp(folder, copy, { recursive: true });
  const { int8, ...rest } = bundle;
  const alone = parseBundle({ ...rest, model: int8!.model });
  await writeFile(join(copy, 'bundle.json'), JSON.stringify(alone));
  return { folder: copy, bundle: alone };
}

async function answers(runtime: Runtime, fixture: Fixture, images: Split): Promise<Timed> {
  const open = await runtime.open(fixture);
  try {
    return await open.run(images.images);
  } finally {
    await open.close();
  }
}
