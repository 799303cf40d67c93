import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PIXELS, SIDE } from '@mnist-edge/recognizer';
import fc from 'fast-check';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { readSplit, splitNames } from './dataset.ts';
import { temporaryFolder } from './mirror.fixture.ts';
import { prepareFolder, splitOf } from './prepare-folder.ts';
import { createRandom } from './random.ts';
import { drawDigits } from './synthetic.ts';

const silent = () => ({ update: () => undefined, stop: () => undefined });
const names = ['zero', 'one', 'two', 'three'];
const drawn = drawDigits(240, createRandom(9));
let pngs: { label: number; png: Buffer }[];

beforeAll(async () => {
  pngs = [];
  for (let i = 0; i < drawn.count; i++) {
    const label = drawn.labels[i]!;
    if (label >= names.length) continue;
    // Ink is dark on white, and larger than the net's frame, as scans are.
    const pixels = drawn.images.slice(i * PIXELS, (i + 1) * PIXELS).map((grey) => 255 - grey);
    const raw = { width: SIDE, height: SIDE, channels: 1 } as const;
    pngs.push({
      label,
      png: await sharp(pixels, { raw })
        .resize(SIDE * 4, SIDE * 4)
        .png()
        .toBuffer(),
    });
  }
});

/** A folder of the drawn digits 0 to 3, in sub-folders named in words. */
async function pictures(): Promise<string> {
  const folder = join(await temporaryFolder(), 'pictures');
  for (const name of names) await mkdir(join(folder, name), { recursive: true });
  for (const [i, { label, png }] of pngs.entries()) await writeFile(join(folder, names[label]!, `${i}.png`), png);
  return folder;
}

async function prepare(from: string, out: string) {
  const said: string[] = [];
  const info = await prepareFolder(from, out, silent, (line) => said.push(line));
  return { info, said };
}

test('every picture is in a split, with the name of its folder, as the recognizer would see it', async () => {
  const from = await pictures();
  const out = join(from, '..', 'digits');
  const { info, said } = await prepare(from, out);
  expect(info).toMatchObject({ name: 'digits', labels: ['one', 'three', 'two', 'zero'] });
  expect(said).toEqual([
    expect.stringMatching(/digits is prepared: \d+ images to train on.*in 4 classes \(one, three, two, zero\)/),
  ]);
  const splits = await Promise.all(splitNames.map((name) => readSplit(out, name)));
  expect(splits.reduce((sum, { count }) => sum + count, 0)).toBe(pngs.length);
  const counts = [0, 1, 2, 3].map(
    (label) => splits.flatMap(({ labels }) => [...labels]).filter((l) => l === label).length,
  );
  expect(counts).toEqual([1, 3, 2, 0].map((digit) => pngs.filter(({ label }) => label === digit).length));
  // Ink is bright on black again, in a box of 20 pixels.
  expect(info.mean).toBeGreaterThan(0.08);
  expect(info.mean).toBeLessThan(0.2);
});

test('a second run does nothing, and says so; a new picture moves no other', async () => {
  const from = await pictures();
  const out = join(from, '..', 'digits');
  const before = (await prepare(from, out)).info;
  const again = await prepare(from, out);
  expect(again.info).toEqual(before);
  expect(again.said[0]).toMatch(/already prepared and intact/);
  const old = await readSplit(out, 'test');
  const extra = await sharp(pngs[0]!.png).rotate(10, { background: 'white' }).png().toBuffer();
  await writeFile(join(from, 'two', 'zz.png'), extra);
  const after = (await prepare(from, out)).info;
  const total = ({ counts }: typeof after) => counts.train + counts.validation + counts.test;
  expect(total(after)).toBe(total(before) + 1);
  const now = await readSplit(out, 'test');
  const images = ({ images, count }: typeof now) =>
    Array.from({ length: count }, (_, i) => Buffer.from(images.subarray(i * PIXELS, (i + 1) * PIXELS)).toString('hex'));
  expect(images(now)).toEqual(expect.arrayContaining(images(old)));
});

test('JPEG and PNG of any size, with transparency, turned by EXIF: all are read', async () => {
  const from = await pictures();
  await writeFile(
    join(from, 'one', 'a.JPG'),
    await sharp(pngs[0]!.png).jpeg().withMetadata({ orientation: 6 }).toBuffer(),
  );
  await writeFile(join(from, 'one', 'b.jpeg'), await sharp(pngs[0]!.png).resize(700, 300).jpeg().toBuffer());
  await writeFile(join(from, 'one', 'c.png'), await sharp(pngs[0]!.png).resize(9, 9).ensureAlpha(0.5).png().toBuffer());
  const { info } = await prepare(from, join(from, '..', 'out'));
  expect(info.counts.train + info.counts.validation + info.counts.test).toBe(pngs.length + 3);
});

test('pictures without ink are left out, and named', async () => {
  const from = await pictures();
  const blank = { create: { width: 40, height: 40, channels: 3, background: 'white' } } as const;
  await writeFile(join(from, 'one', 'blank.png'), await sharp(blank).png().toBuffer());
  const { said } = await prepare(from, join(from, '..', 'out'));
  expect(said[0]).toMatch(/^Left out, as there is no ink in them: .*blank\.png\.$/);
});

test('the split follows from the bytes alone, near 80 : 10 : 10', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
      expect(splitOf(bytes)).toBe(splitOf(bytes.slice()));
    }),
  );
  const splits = Array.from({ length: 4000 }, (_, i) => splitOf(Buffer.from(`picture ${i}`)));
  const share = (name: string) => splits.filter((split) => split === name).length / splits.length;
  expect(share('train')).toBeCloseTo(0.8, 1);
  expect(share('validation')).toBeCloseTo(0.1, 1);
  expect(share('test')).toBeCloseTo(0.1, 1);
});

describe('what cannot be made a dataset is told, and an earlier one stays', () => {
  test.each<[string, (from: string) => Promise<unknown>, RegExp]>([
    [
      'a damaged picture',
      (from) => writeFile(join(from, 'one', 'x.png'), 'no picture'),
      /one\/x\.png cannot be decoded: .*Mend the file or take it out/s,
    ],
    ['a class without pictures', (from) => mkdir(join(from, 'empty')), /empty holds no PNG or JPEG file\. Add some/],
    [
      'a class of other files',
      (from) => mkdir(join(from, 'e')).then(() => writeFile(join(from, 'e', 'a.gif'), '')),
      /holds no PNG or JPEG file \(it has a\.gif\)/,
    ],
  ])('%s', async (_, spoil, message) => {
    const from = await pictures();
    const out = join(from, '..', 'out');
    await prepare(from, out);
    const before = await readFile(join(out, 'dataset.json'), 'utf8');
    await spoil(from);
    await expect(prepare(from, out)).rejects.toThrow(message);
    expect(await readFile(join(out, 'dataset.json'), 'utf8')).toBe(before);
  });

  test('no folder, a folder of one class, and too few pictures', async () => {
    const base = await temporaryFolder();
    await expect(prepare(join(base, 'none'), join(base, 'out'))).rejects.toThrow(
      /There is no folder .*none\. Name one/,
    );
    const from = await pictures();
    await cp(join(from, 'one'), join(base, 'single', 'one'), { recursive: true });
    await expect(prepare(join(base, 'single'), join(base, 'out'))).rejects.toThrow(
      /has 1 sub-folders \(one\)\. Expected 2 to 256/,
    );
    await mkdir(join(base, 'few', 'a'), { recursive: true });
    await mkdir(join(base, 'few', 'b'));
    await writeFile(join(base, 'few', 'a', '1.png'), pngs[0]!.png);
    await writeFile(join(base, 'few', 'b', '1.png'), pngs[1]!.png);
    await expect(prepare(join(base, 'few'), join(base, 'out'))).rejects.toThrow(
      /2 usable pictures, and none of them falls to the (train|validation|test) split/,
    );
  });
});
