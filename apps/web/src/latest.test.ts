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

test('waits for a frame, then works on the newest value only', () => {
  const { request, started, frames, frame } = paced();
  request(1);
  request(2);
  request(3);
  expect(started).toEqual([]);
  expect(frames).toHaveLength(1);
  frame();
  expect(started).toEqual([3]);
});

test('never runs twice at once; what came meanwhile is worked on in the frame after, the newest only', async () => {
  const { request, started, frames, frame, finish } = paced();
  request(1);
  frame();
  request(2);
  request(3);
  expect(frames).toHaveLength(0);
  await finish();
  expect(started).toEqual([1]);
  frame();
  expect(started).toEqual([1, 3]);
});

test('rests when there is nothing new', async () => {
  const { request, started, frames, frame, finish } = paced();
  request(1);
  frame();
  await finish();
  expect(frames).toHaveLength(0);
  request(2);
  frame();
  expect(started).toEqual([1, 2]);
});
