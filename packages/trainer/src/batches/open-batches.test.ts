import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createRandom, type Random } from '@mnist-edge/data';
import { PIXELS } from '@mnist-edge/recognizer';
import { expect, test } from 'vitest';
import { NO_CLASS } from '../outliers.ts';
import { digits } from '../run.fixture.ts';
import { drawBatches } from './draw-batches.ts';
import { type Batches, openBatches } from './open-batches.ts';

const split = digits(130, 1);
const plan = { batchSize: 50, epochs: 2, augment: 'gentle', outliers: 0 };
/** Three an epoch: 50, 50, 30. */
const BATCHES = 6;
const SEED = 7;

/** Takes all batches as a training would, whose net draws some numbers after each; a hash of all that came of it. */
async function drain(batches: Pick<Batches, 'next'>, random: Random, drawsPerImage: number): Promise<string> {
  const hash = createHash('sha256');
  for (let i = 0; i < BATCHES; i++) {
    const { images, labels } = await batches.next();
    hash.update(new Uint8Array(images.buffer)).update(new Uint8Array(labels.buffer));
    for (let draw = labels.length * drawsPerImage; draw > 0; draw--) random.next();
    hash.update(random.state().join());
  }
  return hash.digest('hex');
}

async function inThread(augment: string, drawsPerImage: number): Promise<string> {
  const random = createRandom(SEED);
  const batches = openBatches(split, { ...plan, augment }, random, drawsPerImage);
  try {
    return await drain(batches, random, drawsPerImage);
  } finally {
    await batches.close();
  }
}

function here(augment: string, drawsPerImage: number): Promise<string> {
  const random = createRandom(SEED);
  const drawn = drawBatches(split, { ...plan, augment }, random);
  return drain({ next: async () => drawn.next().value! }, random, drawsPerImage);
}

test.each([
  ['gentle', 0],
  ['gentle', 7],
  ['affine:strong,elastic,thickness,noise,occlusion,flip', 3],
  ['none', 7],
])('%s, and %i numbers an image for the net: the thread gives what would be drawn here', async (augment, draws) => {
  expect(await inThread(augment, draws)).toBe(await here(augment, draws));
});

test('images of no class are drawn anew each epoch, by the thread as they would be here', async () => {
  const random = createRandom(SEED);
  const some = { batchSize: 150, epochs: 2, augment: 'none', outliers: 20 };
  const batches = openBatches(split, some, random, 0);
  const epochs = [await batches.next(), await batches.next()];
  const drawn = [...drawBatches(split, some, createRandom(SEED))];
  expect(epochs).toEqual(drawn);
  await batches.close();
  const outliers = epochs.map(({ images, labels }) =>
    [...labels].flatMap((label, i) => (label === NO_CLASS ? [images.slice(i * PIXELS, (i + 1) * PIXELS).join()] : [])),
  );
  expect(outliers.map(({ length }) => length)).toEqual([20, 20]);
  expect(new Set(outliers.flat()).size).toBe(40);
});

test('the batches of "gentle" are those that the released model was trained with', async () => {
  expect(await inThread('gentle', 0)).toBe('918ac610b8fbc48b8cf07604f14dad3ef95bf529fbe1ed93aa45e15b0308ddef');
});

test('an epoch goes on from the state at the end of the one before, as a resumed run does', async () => {
  const random = createRandom(SEED);
  const whole = openBatches(split, plan, random, 2);
  for (let i = 0; i < 3; i++) {
    const { labels } = await whole.next();
    for (let draw = 2 * labels.length; draw > 0; draw--) random.next();
  }
  const resumed = createRandom(0, random.state());
  const rest = openBatches(split, { ...plan, epochs: 1 }, resumed, 2);
  expect(await rest.next()).toEqual(await whole.next());
  expect(resumed.state()).toEqual(random.state());
  await Promise.all([whole.close(), rest.close()]);
});

test.each(['none', 'gentle'])('%s: batches that may be written over are the same ones', async (augment) => {
  const random = createRandom(SEED);
  const batches = openBatches(split, { ...plan, augment }, random, 0, true);
  expect(await drain(batches, random, 0)).toBe(await here(augment, 0));
  await batches.close();
});

test('batches that may not be written over stay as they are', async () => {
  const batches = openBatches(split, { ...plan, augment: 'none' }, createRandom(SEED), 0);
  const { images, labels } = await batches.next();
  const [imagesThen, labelsThen] = [images.slice(), labels.slice()];
  await batches.next();
  expect([images, labels]).toEqual([imagesThen, labelsThen]);
});

test('a net that draws other numbers than it said is found out, not trained on', async () => {
  const random = createRandom(SEED);
  const batches = openBatches(split, plan, random, 2);
  await batches.next();
  await expect(batches.next()).rejects.toThrow(/The net drew other random numbers/);
  await batches.close();
});

test('what goes wrong in the thread is heard by whoever waits for a batch', async () => {
  const batches = openBatches(split, { ...plan, augment: 'wild' }, createRandom(SEED), 0);
  await expect(batches.next()).rejects.toThrow(/"wild" is no augmentation/);
  await expect(batches.next()).rejects.toThrow(/"wild" is no augmentation/);
  await batches.close();
});

test('closed while it is waited for, it says so', async () => {
  const batches = openBatches(split, plan, createRandom(SEED), 0);
  const waiting = batches.next();
  const heard = expect(waiting).rejects.toThrow(/has ended before its time/);
  await batches.close();
  await heard;
});

test('a process that forgets to close them ends all the same', async () => {
  const script = join(import.meta.dirname, 'forgetful.fixture.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [code] = await once(child, 'exit');
  expect([code, said]).toEqual([0, '50 images\n']);
}, 20_000);
