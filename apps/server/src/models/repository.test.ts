import { createHash } from 'node:crypto';
import { appendFile, cp, mkdir, mkdtemp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GOLDEN_FILE, type Golden, PIXELS, recordGolden } from '@mnist-edge/recognizer';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { releasedModel } from '../testing/released.ts';
import { loadModel } from './model.ts';
import { openRepository, type Repository } from './repository.ts';

let root: string;
let lines: { msg: string; reason?: string }[];
const open: Repository[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mnist-edge-models-'));
  lines = [];
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((repository) => repository.close()));
  await rm(root, { recursive: true });
});

async function start(folder = root, pollMs = 0): Promise<Repository> {
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const repository = await openRepository({
    folder,
    mainModel: '',
    precision: 'fp32' as const,
    pollMs,
    queueing: () => ({ maxWaiting: 1000 }),
    log,
  });
  open.push(repository);
  return repository;
}

/** A copy of the released bundle under another name or version, with files that its bundle.json then lists. */
async function put(path: string, change: object, more: Record<string, string> = {}): Promise<void> {
  const folder = join(root, path);
  await mkdir(folder, { recursive: true });
  await cp(releasedModel, folder, { recursive: true });
  const bundle = JSON.parse(await readFile(join(folder, 'bundle.json'), 'utf8'));
  for (const [name, text] of Object.entries(more)) {
    await writeFile(join(folder, name), text);
    bundle.files[name] = { bytes: text.length, sha256: createHash('sha256').update(text).digest('hex') };
  }
  await writeFile(join(folder, 'bundle.json'), JSON.stringify({ ...bundle, ...change }));
}

function served({ models }: Repository): string[] {
  return models.list().map(({ bundle }) => `${bundle.name} ${bundle.version}`);
}

test('one bundle, a folder of bundles, a folder of versions', async () => {
  await put('letters', { name: 'letters', version: '0.1.0' });
  await put('digits/1.0.0', { version: '1.0.0' });
  await put('digits/1.1.0', { version: '1.1.0' });
  expect(served(await start())).toEqual(['digits 1.1.0', 'digits 1.0.0', 'letters 0.1.0']);
  expect(served(await start(join(root, 'letters')))).toEqual(['letters 0.1.0']);
});

test('a new version appears and takes over; requests that use an old one finish with it', async () => {
  await put('digits', { version: '1.0.0' });
  const repository = await start();
  const old = repository.models.find('digits');
  let finish = () => {};
  const use = old.use(async () => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    return old.recognizer.logits(new Float32Array(PIXELS));
  });
  await put('digits', { version: '2.0.0' });
  await repository.refresh();
  expect(served(repository)).toEqual(['digits 2.0.0']);
  finish();
  expect(await use).toHaveLength(10);
  await put('more', { version: '3.0.0' });
  await repository.refresh();
  expect(repository.models.find('digits').bundle.version).toBe('3.0.0');
});

test('it looks by itself', async () => {
  await put('digits', { version: '1.0.0' });
  const repository = await start(root, 20);
  await put('digits', { version: '2.0.0' });
  await expect.poll(() => served(repository), { timeout: 20_000 }).toEqual(['digits 2.0.0']);
});

test.each<[string, () => Promise<unknown>, string]>([
  ['corrupt', () => appendFile(join(root, 'digits/model.onnx'), '\n'), 'is not the published file'],
  ['truncated', () => truncate(join(root, 'digits/model.onnx'), 1000), 'is not the published file'],
  [
    'swapped',
    () => rename(join(root, 'digits/tfjs/weights.bin'), join(root, 'digits/model.onnx')),
    'not the published',
  ],
  ['gone', () => rm(join(root, 'digits/model.onnx')), 'There is no model at'],
  ['described by rubbish', () => writeFile(join(root, 'digits/bundle.json'), '{'), 'is not JSON'],
])('a model file that is %s is refused, and the old model goes on', async (_how, harm, reason) => {
  await put('digits', { version: '1.0.0' });
  const repository = await start();
  await harm();
  await repository.refresh();
  await repository.refresh();
  expect(served(repository)).toEqual(['digits 1.0.0']);
  expect(await repository.models.find('digits').recognizer.logits(new Float32Array(PIXELS))).toHaveLength(10);
  const refusals = lines.filter(({ msg }) => msg === 'model refused');
  // Tried once, not at every look.
  expect(refusals).toHaveLength(1);
  expect(refusals[0]!.reason).toContain(reason);
  await put('digits', { version: '1.0.1' });
  await repository.refresh();
  expect(served(repository)).toEqual(['digits 1.0.1']);
});

test('golden examples: a model that gives other numbers than when it was exported is refused', async () => {
  const model = await loadModel(releasedModel);
  const images = Uint8Array.from({ length: 3 * PIXELS }, (_, i) => (i * 2_654_435_761) % 256);
  const golden = await recordGolden(images, model.recognizer.logits);
  await model.close();
  await put('digits', { version: '1.0.0' }, { [GOLDEN_FILE]: JSON.stringify(golden) });
  const repository = await start();
  expect(served(repository)).toEqual(['digits 1.0.0']);
  const wrong: Golden = {
    ...golden,
    examples: golden.examples.map(({ image, logits }) => ({ image, logits: logits.toReversed() })),
  };
  await put('digits', { version: '2.0.0' }, { [GOLDEN_FILE]: JSON.stringify(wrong) });
  await repository.refresh();
  expect(served(repository)).toEqual(['digits 1.0.0']);
  expect(lines.at(-1)!.reason).toMatch(/^Golden example 0: logit 0 is /);
});

test('a folder that is taken away is unloaded, though not at the first look', async () => {
  await put('digits', { version: '1.0.0' });
  await put('letters', { name: 'letters' });
  const repository = await start();
  await rm(join(root, 'letters'), { recursive: true });
  await repository.refresh();
  expect(served(repository)).toHaveLength(2);
  await repository.refresh();
  expect(served(repository)).toEqual(['digits 1.0.0']);
});

test('load, unload and index', async () => {
  await put('digits', { version: '1.0.0' });
  await put('letters', { name: 'letters', version: '1.0.0' });
  await put('broken', { name: 'letters', version: 'new' });
  const repository = await start();
  expect(served(repository)).toEqual(['digits 1.0.0', 'letters 1.0.0']);
  expect(repository.index()).toContainEqual({ name: 'digits', version: '1.0.0', state: 'READY', reason: '' });
  expect(repository.index()).toContainEqual({
    name: 'broken',
    version: '',
    state: 'UNAVAILABLE',
    reason: expect.stringContaining('version: must be a semantic version'),
  });
  await repository.unload('letters');
  expect(served(repository)).toEqual(['digits 1.0.0']);
  await repository.refresh();
  expect(served(repository)).toEqual(['digits 1.0.0']);
  await expect(repository.unload('letters')).rejects.toMatchObject({ status: 400 });
  await repository.load('letters');
  expect(served(repository)).toEqual(['digits 1.0.0', 'letters 1.0.0']);
  await expect(repository.load('nothing')).rejects.toThrow('No model "nothing" can be loaded.');
});

test('a folder in which nothing can be loaded is a problem that says why', async () => {
  await expect(start()).rejects.toThrow(`There is no model at ${join(root, 'bundle.json')}.`);
  await put('digits', { version: 'one' });
  await expect(start()).rejects.toThrow('version: must be a semantic version');
});
