import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type EngineImage, inUse, withoutConstants } from './engine-image.ts';

const PAGE = 4096;

/** A memory whose pages hold these numbers, one each. */
function memoryOf(pages: readonly number[]): Uint8Array {
  const memory = new Uint8Array(pages.length * PAGE);
  for (const [i, byte] of pages.entries()) memory[i * PAGE + 7] = byte;
  return memory;
}

/** What an image makes of a fresh engine's memory. */
function restored(image: Omit<EngineImage, 'session'>, fresh: Uint8Array): Uint8Array {
  const memory = new Uint8Array(fresh.length);
  if (image.constants !== null) memory.set(fresh.subarray(...image.constants), image.constants[0]);
  let at = 0;
  for (const [from, to] of image.pieces) {
    memory.set(image.memory.subarray(at, at + to - from), from);
    at += to - from;
  }
  expect(at).toBe(image.memory.length);
  return memory;
}

const pages = fc.array(fc.nat(2), { minLength: 1, maxLength: 12 });

test('an image is all of a memory that is not zero', () => {
  fc.assert(
    fc.property(pages, (bytes) => {
      const memory = memoryOf(bytes);
      const made = restored({ ...inUse(memory), constants: null }, new Uint8Array(memory.length));
      expect(Buffer.compare(made, memory)).toBe(0);
      expect(inUse(memory).memory.length).toBe(bytes.filter((byte) => byte !== 0).length * PAGE);
    }),
  );
});

test('without the constants it makes the same memory of one that has them, whatever else that has', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2)), { minLength: 1, maxLength: 12 }), (all) => {
      const memory = memoryOf(all.map(([now]) => now));
      const image = withoutConstants(memory, memoryOf(all.map(([, before]) => before)));
      const isConstant = (i: number) =>
        image.constants !== null && i * PAGE >= image.constants[0] && i * PAGE < image.constants[1];
      const fresh = memoryOf(all.map(([, before, other], i) => (isConstant(i) ? before : other)));
      expect(Buffer.compare(restored(image, fresh), memory)).toBe(0);
    }),
  );
});

test('the constants are the longest piece that is as it was, and not zero', () => {
  const memory = memoryOf([0, 1, 2, 0, 1, 1, 1, 2]);
  const before = memoryOf([0, 1, 2, 0, 1, 1, 1, 0]);
  const { constants, pieces } = withoutConstants(memory, before);
  expect(constants).toEqual([4 * PAGE, 7 * PAGE]);
  expect(pieces).toEqual([
    [PAGE, 3 * PAGE],
    [7 * PAGE, 8 * PAGE],
  ]);
  expect(withoutConstants(memory, new Uint8Array(memory.length)).constants).toBeNull();
});
