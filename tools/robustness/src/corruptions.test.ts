import { createRandom, drawDigits } from '@mnist-edge/data';
import { PIXELS, SIDE } from '@mnist-edge/recognizer';
import { describe, expect, test } from 'vitest';
import { families, SEVERITIES } from './corruptions.ts';
import { bytesOf, greysOf } from './image.ts';
import { jpeg } from './jpeg.ts';
import { spoilt } from './measure.ts';

const { images } = drawDigits(20, createRandom(3));
const difference = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((sum, grey, i) => sum + Math.abs(grey - b[i]!), 0) / a.length;

test('every family has a name of its own', () => {
  expect(new Set(families.map(({ name }) => name)).size).toBe(families.length);
});

describe.each(families.map((family) => [family.name, family] as const))('%s', (_, family) => {
  const grades = SEVERITIES.map((severity) => spoilt(images, family, severity));

  test('the same images come out of every call, and the originals stay as they were', () => {
    const before = images.slice();
    expect(spoilt(images, family, 3)).toEqual(grades[2]);
    expect(images).toEqual(before);
  });

  test('the severities change the images more and more', () => {
    const changes = grades.map((grade) => difference(grade, images));
    expect(changes[0]).toBeGreaterThan(0.5);
    expect(changes[4]).toBeGreaterThan(1.3 * changes[0]!);
    changes.slice(1).forEach((change, i) => {
      // Coarser steps of JPEG may happen to meet a grey.
      expect(change).toBeGreaterThan(0.95 * changes[i]!);
    });
  });
});

test('what families do is what they are named for', () => {
  const of = (name: string) => families.find((family) => family.name === name)!;
  const black = new Uint8Array(PIXELS);
  expect(new Set(spoilt(black, of('brightness'), 2))).toEqual(new Set([50]));
  expect(spoilt(black, of('occlusion'), 5)).toEqual(black);
  const white = new Uint8Array(PIXELS).fill(255);
  expect(spoilt(white, of('occlusion'), 5).filter((grey) => grey === 0)).toHaveLength(100);
  expect(Math.max(...spoilt(white, of('contrast'), 5))).toBeLessThan(160);
  expect(spoilt(black, of('lines'), 1).filter((grey) => grey > 0).length).toBeGreaterThan(5);
  const salted = spoilt(new Uint8Array(50 * PIXELS).fill(128), of('salt-and-pepper'), 5);
  expect(salted.filter((grey) => grey !== 128).length / salted.length).toBeCloseTo(0.16, 1);
});

test('low resolution of even halves is the mean of four pixels, and even greys stay even', () => {
  const even = new Uint8Array(PIXELS).fill(90);
  expect(spoilt(even, families.find(({ name }) => name === 'low resolution')!, 5)).toEqual(even);
  expect(spoilt(even, families.find(({ name }) => name === 'blur')!, 1)[14 * SIDE + 14]).toBe(90);
});

test('JPEG of the best quality changes next to nothing, and an even picture not at all', () => {
  const digit = images.subarray(0, PIXELS);
  expect(difference(bytesOf(jpeg(greysOf(digit), 100)), digit)).toBeLessThan(0.6);
  expect(new Set(bytesOf(jpeg(greysOf(new Uint8Array(PIXELS).fill(128)), 10)))).toEqual(new Set([128]));
});
