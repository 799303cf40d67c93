import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceRoot } from '@mnist-edge/command';
import { readSplit } from '@mnist-edge/data';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBackend } from '../backend.ts';
import { chooseConfig } from '../choose-config.ts';
import { evaluate } from '../epochs.ts';
import { findArchitecture } from '../models/index.ts';
import { smallDataset } from '../run.fixture.ts';
import { findSource } from './source.ts';

const released = join(workspaceRoot, 'models', 'digits');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-edge-source-'));
  await startBackend();
});

afterAll(() => rm(folder, { recursive: true }));

test('the released bundle is found by its path in the checkout, and knows digits', async () => {
  const source = await findSource('models/digits');
  const { files } = JSON.parse(await readFile(join(released, 'bundle.json'), 'utf8'));
  expect(source).toMatchObject({
    name: 'models/digits',
    architecture: 'edge',
    labels: Array.from('0123456789'),
    sha256: files['tfjs/weights.bin'].sha256,
  });
  const dataset = join(folder, 'synthetic');
  await smallDataset(dataset, 10);
  const model = await source.openModel();
  expect((await evaluate(model, await readSplit(dataset, 'test'))).accuracy).toBeGreaterThan(0.8);
  model.dispose();
});

test('a bundle whose weights are not the published ones is refused', async () => {
  const copy = join(folder, 'damaged');
  await cp(released, copy, { recursive: true });
  await writeFile(join(copy, 'tfjs', 'weights.bin'), 'short');
  await expect(findSource(copy)).rejects.toThrow(/tfjs\/weights\.bin of digits .* is not the published file/);
  await rm(join(copy, 'tfjs', 'weights.bin'));
  await expect(findSource(copy)).rejects.toThrow(/weights\.bin is not there/);
  await writeFile(join(copy, 'bundle.json'), 'no json');
  await expect(findSource(copy)).rejects.toThrow(/bundle\.json is not JSON/);
});

test.each(['', 'no-such-run', 'models/no-such', '../up'])(
  '--from "%s" is refused with what is allowed',
  async (from) => {
    await expect(findSource(from)).rejects.toThrow(
      /--from ".*": there is no run of that name.*name of a run .* bundle, such as models\/digits/s,
    );
  },
);

test('a folder that is neither a bundle nor a run is refused', async () => {
  await mkdir(join(folder, 'empty'));
  await expect(findSource(join(folder, 'empty'))).rejects.toThrow(/empty is neither a model bundle nor a run/);
});

test('the model is that of the source, unless it was chosen', async () => {
  const recipe = { model: 'edge', from: 'models/digits', freeze: 2, epochs: findArchitecture('edge').recipe.epochs };
  expect(await chooseConfig({ from: './models/digits', freeze: 2 }, {})).toMatchObject(recipe);
  expect(await chooseConfig({ from: 'models/digits', model: 'keras-tutorial' }, {})).toMatchObject({
    model: 'keras-tutorial',
  });
});

test('--freeze without --from is refused by both names', async () => {
  await expect(chooseConfig({ freeze: 2 }, {})).rejects.toThrow(/freeze: 2 layers.*--from.*--freeze/s);
});

test('a hash that a file tells is forgotten when other weights are named', async () => {
  const file = join(folder, 'config.json');
  await writeFile(file, JSON.stringify({ from: 'models/digits', fromSha256: '0'.repeat(64) }));
  expect(await chooseConfig({}, { file })).toMatchObject({ fromSha256: '0'.repeat(64) });
  expect(await chooseConfig({ from: 'models/digits' }, { file })).not.toHaveProperty('fromSha256');
});
