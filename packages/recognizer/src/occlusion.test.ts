import fc from 'fast-check';
import { expect, test } from 'vitest';
import { occlusionMap } from './occlusion.ts';
import { Problem } from './problem.ts';
import { PIXELS, SIDE } from './tensor.ts';

/** A net whose class 1 counts the ink of a box, whose class 2 is the opposite, and whose class 0 is always 0. */
function boxNet(left: number, top: number, size: number) {
  const batches: number[] = [];
  const logitsOf = async (images: Float32Array) => {
    const batch = images.length / PIXELS;
    batches.push(batch);
    const logits = new Float32Array(batch * 3);
    for (let i = 0; i < batch; i++) {
      for (let y = top; y < top + size; y++) {
        for (let x = left; x < left + size; x++) logits[i * 3 + 1]! += images[i * PIXELS + y * SIDE + x]!;
      }
      logits[i * 3 + 2] = -logits[i * 3 + 1]!;
    }
    return logits;
  };
  return { logitsOf, batches };
}

const inked = new Float32Array(PIXELS).fill(1);

test('the region that decides is the one that lights up, and only it', async () => {
  const { logitsOf } = boxNet(8, 16, 4);
  const { target, logit, map } = await occlusionMap(inked, logitsOf, { patch: 1, stride: 1 });
  expect([target, logit]).toEqual([1, 16]);
  for (let at = 0; at < PIXELS; at++) {
    const [x, y] = [at % SIDE, Math.floor(at / SIDE)];
    expect(map[at], `${x}, ${y}`).toBe(x >= 8 && x < 12 && y >= 16 && y < 20 ? 1 : 0);
  }
});

test('with larger squares the peak is inside the region, and far from it all is 0', async () => {
  const { logitsOf } = boxNet(4, 4, 4);
  const { map } = await occlusionMap(inked, logitsOf);
  const peak = map.indexOf(Math.max(...map));
  const [x, y] = [peak % SIDE, Math.floor(peak / SIDE)];
  expect(x >= 4 && x < 8 && y >= 4 && y < 8).toBe(true);
  expect(map.subarray(12 * SIDE).every((fall) => fall === 0)).toBe(true);
});

test('a class that the ink speaks against has the opposite map', async () => {
  const { logitsOf } = boxNet(10, 10, 6);
  const pro = await occlusionMap(inked, logitsOf);
  const contra = await occlusionMap(inked, logitsOf, { target: 2 });
  expect(contra).toMatchObject({ target: 2, logit: -36 });
  expect([...contra.map]).toEqual([...pro.map].map((fall) => (fall === 0 ? fall : -fall)));
});

test('every pixel is covered, whatever the square and the stride', async () => {
  const sizes = fc
    .integer({ min: 1, max: SIDE })
    .chain((patch) => fc.tuple(fc.constant(patch), fc.integer({ min: 1, max: patch })));
  await fc.assert(
    fc.asyncProperty(sizes, async ([patch, stride]) => {
      const { logitsOf } = boxNet(0, 0, SIDE);
      const { map } = await occlusionMap(inked, logitsOf, { patch, stride });
      for (const fall of map) expect(fall).toBeCloseTo(patch * patch, 3);
    }),
    { numRuns: 20 },
  );
});

test('squares without ink are not run, and a blank image needs the net once', async () => {
  const { logitsOf, batches } = boxNet(0, 0, SIDE);
  const { map } = await occlusionMap(new Float32Array(PIXELS), logitsOf);
  expect(batches).toEqual([1]);
  expect(map.every((fall) => fall === 0)).toBe(true);
  const dot = new Float32Array(PIXELS);
  dot[14 * SIDE + 14] = 1;
  await occlusionMap(dot, logitsOf, { patch: 4, stride: 2 });
  expect(batches).toEqual([1, 1, 4]);
});

test.each([
  [new Float32Array(10), {}, 'An occlusion map is of one image of 784 numbers; 10 were given.'],
  [inked, { patch: 0 }, 'patch is 0; it must be a whole number from 1 to 28.'],
  [inked, { patch: 4, stride: 5 }, 'stride is 5; it must be a whole number from 1 to patch, 4, to miss no pixel.'],
  [inked, { target: 3 }, 'target is 3; it must be the index of a class, from 0 to 2.'],
])('refuses what is out of range (%#)', async (image, options, message) => {
  await expect(occlusionMap(image, boxNet(0, 0, 4).logitsOf, options)).rejects.toThrow(new Problem(message));
});
