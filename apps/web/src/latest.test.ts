import { expect, test } from 'vitest';
import { latest } from './latest.ts';

/** `latest` with frames and the ends of runs in the test's hand. */
function paced() {
  const frames: (() => void)[] = [];
  const ends: (() => void)[] = [];
  const started: number[] = [];
  const request = latest<number>(
    (value) => {
      started.push(value);
      return new Promise((resolve) => void ends.push(resolve));
    },
    (start) => void frames.push(start),
  );
  async function settle() {
    for (let i = 0; i < 5; i++) await Promise.resolve();
  }
  return {
    request,
    started,
    frames,
    frame: () => frames.shift()!(),
    finish: async () => {
      ends.shift()!();
      await settle();
    },
  };
}

test('works at once on the first value, then in the next frame on the newest only', async () => {
  const { request, started, frames, frame, finish } = paced();
  request(1);
  expect(started).toEqual([1]);
  await finish();
  request(2);
  request(3);
  expect(started).toEqual([1]);
  expect(frames).toHaveLength(1);
  frame();
  expect(started).toEqual([1, 3]);
});

test('never runs twice at once, however long a run takes; what came meanwhile follows it, the newest only', async () => {
  const { request, started, frames, frame, finish } = paced();
  request(1);
  frame();
  request(2);
  request(3);
  expect(frames).toHaveLength(0);
  expect(started).toEqual([1]);
  await finish();
  expect(started).toEqual([1, 3]);
});

test('rests when there is nothing new', async () => {
  const { request, started, frames, frame, finish } = paced();
  request(1);
  await finish();
  frame();
  expect(frames).toHaveLength(0);
  request(2);
  expect(started).toEqual([1, 2]);
});
