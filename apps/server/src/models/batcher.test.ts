import { setImmediate as turn } from 'node:timers/promises';
import { PIXELS } from '@mnist-edge/recognizer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Refusal } from '../http/refusal.ts';
import { type Batcher, type BatcherOptions, createBatcher } from './batcher.ts';

const options: BatcherOptions = { outputs: ['a', 'b'], labels: 2, most: 4, maxWaiting: 100 };

/** Its output `a` is an image's first pixel twice, `b` the same negated. */
function recorded() {
  const runs: { images: number; outputs: readonly string[] }[] = [];
  const run = (images: Float32Array, outputs: readonly string[]) => {
    runs.push({ images: images.length / PIXELS, outputs });
    return outputs.map((name) => {
      const out = new Float32Array((images.length / PIXELS) * 2);
      for (let i = 0; i < out.length; i++) out[i] = images[(i >> 1) * PIXELS]! * (name === 'a' ? 1 : -1);
      return out;
    });
  };
  return { run, runs };
}

function images(...firstPixels: number[]): Float32Array {
  const out = new Float32Array(firstPixels.length * PIXELS);
  for (const [i, value] of firstPixels.entries()) out[i * PIXELS] = value;
  return out;
}

/** Fills the next run, so that what comes then waits. */
function occupy(batcher: Batcher): Promise<unknown> {
  return batcher.infer(images(0, 0, 0, 0), ['a']);
}

test('one request alone is one run, at once', async () => {
  const { run, runs } = recorded();
  const { results } = await createBatcher(run, options).infer(images(7), ['a']);
  expect(results).toEqual([Float32Array.of(7, 7)]);
  expect(runs).toEqual([{ images: 1, outputs: ['a'] }]);
});

test('requests that come in the same turn share a run, and each gets its own numbers', async () => {
  const { run, runs } = recorded();
  const batcher = createBatcher(run, options);
  const answers = await Promise.all([
    batcher.infer(images(1), ['a']),
    batcher.infer(images(2, 3), ['b']),
    batcher.infer(images(4), ['b', 'a']),
  ]);
  expect(answers.map(({ results }) => results.map((result) => [...result]))).toEqual([
    [[1, 1]],
    [[-2, -2, -3, -3]],
    [
      [-4, -4],
      [4, 4],
    ],
  ]);
  expect(runs).toEqual([{ images: 4, outputs: ['a', 'b'] }]);
});

test('a large request is cut, and a small one that came later does not wait for all of it', async () => {
  const { run, runs } = recorded();
  const batcher = createBatcher(run, options);
  const order: string[] = [];
  void occupy(batcher);
  const large = batcher.infer(images(...Array.from({ length: 11 }, (_, i) => i)), ['a']).then(({ results }) => {
    order.push('large');
    return results;
  });
  const small = batcher.infer(images(99), ['a']).then(() => order.push('small'));
  await small;
  expect(order).toEqual(['small']);
  expect(await large).toEqual([Float32Array.from({ length: 22 }, (_, i) => i >> 1)]);
  expect(runs.map((each) => each.images)).toEqual([4, 4, 4, 4]);
  expect(batcher.waiting).toBe(0);
});

test('whatever comes together and whatever its size, everyone gets the numbers of their own images', async () => {
  const request = fc.record({
    pixels: fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 9 }),
    outputs: fc.constantFrom(['a'], ['b'], ['a', 'b'], ['b', 'a']),
    pause: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(request, { maxLength: 12 }), async (requests) => {
      const batcher = createBatcher(recorded().run, options);
      const answers = [];
      for (const { pixels, outputs, pause } of requests) {
        answers.push(batcher.infer(images(...pixels), outputs));
        if (pause) await turn();
      }
      for (const [i, { results }] of (await Promise.all(answers)).entries()) {
        const { pixels, outputs } = requests[i]!;
        expect(results.map((result) => [...result])).toEqual(
          outputs.map((name) => pixels.flatMap((pixel) => (name === 'a' ? [pixel, pixel] : [-pixel, -pixel]))),
        );
      }
      expect(batcher.waiting).toBe(0);
    }),
    { numRuns: 50 },
  );
});

test('above the limit a request is told to come back; one that finds nobody waiting is taken, however large', async () => {
  const batcher = createBatcher(recorded().run, { ...options, maxWaiting: 2 });
  void occupy(batcher);
  const taken = batcher.infer(images(1, 2, 3), ['a']);
  const refused = await batcher.infer(images(4), ['a']).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Refusal);
  expect(refused).toMatchObject({ status: 503, headers: { 'Retry-After': '1' } });
  expect((await taken).results[0]).toHaveLength(6);
  expect((await batcher.infer(images(4), ['a'])).results[0]).toHaveLength(2);
});

test('who would find no room is told so before its images are read; not while there is room', async () => {
  const batcher = createBatcher(recorded().run, { ...options, maxWaiting: 2 });
  void occupy(batcher);
  expect(() => batcher.admit()).not.toThrow();
  const taken = [batcher.infer(images(1), ['a']), batcher.infer(images(2), ['a'])];
  expect(() => batcher.admit()).toThrow('The server is busy: 2 images wait already.');
  await Promise.all(taken);
  expect(() => batcher.admit()).not.toThrow();
});

test('a request whose deadline has passed is not run, and others are', async () => {
  const { run, runs } = recorded();
  const batcher = createBatcher(run, options);
  const late = batcher.infer(images(1), ['a'], performance.now() - 1).catch((error: unknown) => error);
  const other = batcher.infer(images(2), ['a']);
  expect(await late).toMatchObject({ status: 504 });
  expect((await other).results).toEqual([Float32Array.of(2, 2)]);
  expect(runs).toEqual([{ images: 1, outputs: ['a'] }]);
  expect(batcher.waiting).toBe(0);
});

test('a run that fails fails its requests alone', async () => {
  const { run } = recorded();
  let broken = true;
  const batcher = createBatcher((all, outputs) => {
    if (broken) throw new Error('no');
    return run(all, outputs);
  }, options);
  await expect(batcher.infer(images(1, 2, 3, 4, 5, 6), ['a'])).rejects.toThrow('no');
  broken = false;
  expect((await batcher.infer(images(9), ['a'])).results).toEqual([Float32Array.of(9, 9)]);
  expect(batcher.waiting).toBe(0);
});
