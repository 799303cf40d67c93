import { PIXELS, SIDE } from '@mnist-edge/recognizer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../dataset.ts';
import { createRandom, type Random } from '../random.ts';
import { drawDigits } from '../synthetic.ts';
import { affine, gentle } from './affine.ts';
import { augmentation, kindsOf } from './augmentation.ts';
import { background } from './background.ts';
import { blur } from './blur.ts';
import { contrast } from './contrast.ts';
import { elastic } from './elastic.ts';
import { flip } from './flip.ts';
import { lines } from './lines.ts';
import { noise } from './noise.ts';
import { occlusion } from './occlusion.ts';
import { thickness } from './thickness.ts';

const { images } = drawDigits(20, createRandom(5));
const bytes = fc.uint8Array({ minLength: PIXELS, maxLength: PIXELS });
const singles = { elastic, thickness, noise, occlusion, background, blur, lines, contrast, flip };

function changed(description: string, seed = 1): Uint8Array {
  const copy = images.slice();
  augmentation(description)?.(copy, createRandom(seed));
  return copy;
}

function apply(change: (typeof singles)[keyof typeof singles], image: Uint8Array, range: number, random: Random) {
  const out = new Uint8Array(PIXELS);
  change(image, out, range, random);
  return out;
}

const all = 'affine:strong,elastic:strong,thickness:strong,noise:strong,occlusion:strong,blur:strong,lines,flip';

test('none leaves images alone and draws no random number', () => {
  expect(augmentation('none')).toBeNull();
});

test('gentle is what it always was: the gentle affine ranges, with the same random numbers', () => {
  const expected = new Uint8Array(images.length);
  affine(images, expected, gentle, createRandom(1));
  expect(changed('gentle')).toEqual(expected);
  expect(changed('affine')).toEqual(expected);
  expect(sha256(changed('gentle'))).toBe('247909e3c87e5ab08d0c9840b7317c90a8cc44edd77bb20b1c8624a706d0384b');
});

test.each(all.split(','))('%s: the same for the same seed, another for another, and images stay images', (kind) => {
  expect(changed(kind)).toEqual(changed(kind));
  expect(changed(kind, 2)).not.toEqual(changed(kind));
  const mean = (pixels: Uint8Array) => pixels.reduce((sum, grey) => sum + grey, 0) / pixels.length;
  expect(mean(changed(kind)) / mean(images)).toBeGreaterThan(0.6);
  expect(mean(changed(kind)) / mean(images)).toBeLessThan(1.6);
});

test('kinds are applied in the order in which they are written', () => {
  const random = createRandom(1);
  const copy = images.slice();
  augmentation('elastic')!(copy, random);
  augmentation('noise')!(copy, random);
  expect(changed('elastic,noise')).toEqual(copy);
});

test('of kinds with | between them, an image gets one or none, each about as often', () => {
  const times = 300;
  const copies = new Uint8Array(times * PIXELS);
  for (let i = 0; i < times; i++) copies.set(images.subarray(0, PIXELS), i * PIXELS);
  augmentation('flip|background:strong|occlusion:strong')!(copies, createRandom(1));
  const original = [...images.subarray(0, PIXELS)];
  const kindOf = (image: number[]) => {
    if (image.every((grey, i) => grey === original[i])) return 'nothing';
    return image.some((grey, i) => grey < original[i]!) ? 'flip or occlusion' : 'background';
  };
  const counts: Record<string, number> = {};
  for (let i = 0; i < times; i++) {
    const kind = kindOf([...copies.subarray(i * PIXELS, (i + 1) * PIXELS)]);
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  // A flip is one half of the time no flip, and a small square may lie where no ink is.
  expect(counts.background).toBeGreaterThan(50);
  expect(counts.background).toBeLessThan(105);
  expect(counts.nothing).toBeGreaterThan(75);
  expect(counts['flip or occlusion']).toBeGreaterThan(40);
});

test('none among kinds with | between them makes it likelier that an image gets none', () => {
  const times = 400;
  const copies = new Uint8Array(times * PIXELS).fill(100);
  augmentation('contrast|none|none')!(copies, createRandom(1));
  const untouched = Array.from({ length: times }, (_, i) => copies[i * PIXELS]).filter((grey) => grey === 100).length;
  // Three of four, and some that were drawn towards the grey that they were.
  expect(untouched).toBeGreaterThan(260);
  expect(untouched).toBeLessThan(350);
});

test.each([
  ['none', []],
  ['gentle', ['affine']],
  ['affine:strong,noise|background:strong', ['affine', 'noise', 'background']],
  ['noise|none|none', ['noise']],
])('%s names the kinds %j', (description, expected) => {
  expect(kindsOf(description)).toEqual(expected);
});

test('background: no pixel darkens, and ink stays as bright as it was', () => {
  fc.assert(
    fc.property(bytes, fc.nat(1000), (image, seed) => {
      const out = apply(background, image, 140, createRandom(seed));
      out.forEach((grey, i) => {
        expect(grey).toBeGreaterThanOrEqual(image[i]!);
        expect(grey).toBeLessThanOrEqual(Math.max(image[i]!, image[i]! + 141 - (141 * image[i]!) / 255 + 1));
      });
    }),
    { numRuns: 30 },
  );
});

test('blur: as bright in the middle of an even picture, and no brighter or darker anywhere than before', () => {
  fc.assert(
    fc.property(bytes, fc.nat(1000), (image, seed) => {
      const out = apply(blur, image, 2, createRandom(seed));
      expect(Math.max(...out)).toBeLessThanOrEqual(Math.max(...image));
      const even = apply(blur, new Uint8Array(PIXELS).fill(200), 2, createRandom(seed));
      expect(even[14 * SIDE + 14]).toBe(200);
    }),
    { numRuns: 30 },
  );
});

test('blur: a dot becomes a Gaussian of the deviation that was drawn', () => {
  const dot = new Uint8Array(PIXELS);
  dot[14 * SIDE + 14] = 255;
  const half: Random = { ...createRandom(1), next: () => 0.5 };
  const out = apply(blur, dot, 2, half);
  const at = (x: number, y: number) => out[(14 + y) * SIDE + 14 + x]! / 255;
  expect(at(0, 0)).toBeCloseTo(1 / (2 * Math.PI), 2);
  expect(at(1, 0) / at(0, 0)).toBeCloseTo(Math.exp(-1 / 2), 1);
  expect(at(0, -1)).toBe(at(1, 0));
});

test('lines: no pixel darkens, and a straight line of about its width brightens', () => {
  fc.assert(
    fc.property(bytes, fc.nat(1000), (image, seed) => {
      apply(lines, image, 4, createRandom(seed)).forEach((grey, i) => {
        expect(grey).toBeGreaterThanOrEqual(image[i]!);
      });
    }),
    { numRuns: 30 },
  );
  // From the left to the right through the middle, a pixel wide.
  const numbers = [0, 0.5, 0.9, 0.5, 0.5, 1];
  const given: Random = { ...createRandom(1), whole: () => 1, next: () => numbers.shift()! };
  const out = apply(lines, new Uint8Array(PIXELS), 1, given);
  const rows = Array.from({ length: SIDE }, (_, y) => Math.max(...out.subarray(y * SIDE, (y + 1) * SIDE)));
  expect(rows.flatMap((brightest, y) => (brightest > 0 ? [y] : []))).toEqual([14]);
  expect(Math.min(...out.subarray(14 * SIDE, 15 * SIDE))).toBe(255);
});

test('contrast: what was brighter is no darker afterwards, and differences shrink', () => {
  fc.assert(
    fc.property(bytes, fc.nat(1000), (image, seed) => {
      const out = apply(contrast, image, 0.7, createRandom(seed));
      for (let i = 1; i < PIXELS; i++) {
        const [before, after] = [image[i]! - image[0]!, out[i]! - out[0]!];
        expect(after * Math.sign(before)).toBeGreaterThanOrEqual(0);
        expect(Math.abs(after)).toBeLessThanOrEqual(Math.abs(before) + 1);
      }
    }),
    { numRuns: 30 },
  );
});

describe.each(Object.entries(singles))('%s', (_, change) => {
  test('a range of 0 changes nothing, to the bit', () => {
    fc.assert(
      fc.property(bytes, fc.nat(1000), (image, seed) => {
        expect(apply(change, image, 0, createRandom(seed))).toEqual(image);
      }),
      { numRuns: 20 },
    );
  });
});

test('thickness: where strokes gain, no pixel darkens; where they lose, none brightens', () => {
  fc.assert(
    fc.property(bytes, fc.nat(1000), (image, seed) => {
      const out = apply(thickness, image, 1, createRandom(seed));
      const gains = out.some((grey, i) => grey > image[i]!);
      const loses = out.some((grey, i) => grey < image[i]!);
      expect(gains && loses).toBe(false);
    }),
    { numRuns: 40 },
  );
});

test('occlusion: what is lost is one rectangle of at most the side, and all else stays', () => {
  const white = new Uint8Array(PIXELS).fill(255);
  fc.assert(
    fc.property(fc.nat(10_000), (seed) => {
      const lost = [...apply(occlusion, white, 14, createRandom(seed)).entries()].filter(([, grey]) => grey === 0);
      const columns = new Set(lost.map(([i]) => i % SIDE));
      const rows = new Set(lost.map(([i]) => Math.floor(i / SIDE)));
      expect(lost.length).toBe(columns.size * rows.size);
      expect(Math.max(columns.size, rows.size)).toBeLessThanOrEqual(14);
    }),
  );
});

test('flip: twice is not at all, and half of the images are mirrored', () => {
  const never = apply(flip, images.subarray(0, PIXELS), 0, createRandom(1));
  const once = apply(flip, never, 1, createRandom(1));
  expect(once).not.toEqual(never);
  expect(apply(flip, once, 1, createRandom(1))).toEqual(never);
  const random = createRandom(1);
  const mirrored = Array.from({ length: 400 }, () => apply(flip, never, 0.5, random)).filter(
    (image) => sha256(image) === sha256(once),
  ).length;
  expect(mirrored).toBeGreaterThan(160);
  expect(mirrored).toBeLessThan(240);
});

test('elastic: a field of no strength leaves the image as it is', () => {
  const image = Uint8Array.from({ length: 784 }, (_, i) => (i * 31) % 256);
  expect(apply(elastic, image, 0, createRandom(1))).toEqual(image);
});

test('elastic: the ink stays where it is, to within a few pixels', () => {
  const dot = new Uint8Array(PIXELS);
  for (const y of [12, 13, 14, 15]) for (const x of [12, 13, 14, 15]) dot[y * SIDE + x] = 255;
  fc.assert(
    fc.property(fc.nat(10_000), (seed) => {
      const out = apply(elastic, dot, 2, createRandom(seed));
      const inked = [...out.keys()].filter((i) => out[i]! > 0);
      for (const i of inked) {
        expect(Math.abs((i % SIDE) - 13.5)).toBeLessThan(10);
        expect(Math.abs(Math.floor(i / SIDE) - 13.5)).toBeLessThan(10);
      }
      expect(inked.length).toBeGreaterThan(0);
    }),
    { numRuns: 50 },
  );
});

test.each([
  '',
  'wild',
  'affine:wild',
  'affine:gentle:gentle',
  'affine,',
  'constructor',
  'none,affine',
  'affine:toString',
])('"%s" is refused with what is allowed', (description) => {
  expect(() => augmentation(description)).toThrow(
    /is no augmentation\. (Did you mean "[a-z:]+"\? )?Expected none, or kinds with commas .*affine\[:gentle\|strong\|shift\], elastic\[:gentle\|strong\]/,
  );
});

test.each([
  ['elastc', 'elastic'],
  ['affine,noise:storng', 'noise:strong'],
  ['gentel', 'gentle'],
  ['nonne', 'none'],
])('"%s": the nearest valid name is offered', (description, meant) => {
  expect(() => augmentation(description)).toThrow(`Did you mean "${meant}"?`);
});
