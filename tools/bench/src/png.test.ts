import { inflateSync } from 'node:zlib';
import { greyImage } from '@mnist-edge/recognizer';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodePng } from './png.ts';

test('the smallest PNG, byte for byte but for what deflate may choose', () => {
  const png = encodePng(greyImage(1, 1, Uint8Array.of(255)));
  expect(png.subarray(0, 33).toString('hex')).toBe(
    // signature, IHDR: 1 × 1, 8 bits of grey, and its checksum as every encoder writes it
    '89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55',
  );
  expect(png.subarray(-12).toString('hex')).toBe('0000000049454e44ae426082'); // IEND
});

test('rows come back, each after its filter byte', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.nat(255), (width, height, grey) => {
      const pixels = Uint8Array.from({ length: width * height }, (_, i) => (grey + i) % 256);
      const png = encodePng(greyImage(width, height, pixels));
      const length = png.readUInt32BE(33);
      expect(png.toString('latin1', 37, 41)).toBe('IDAT');
      const rows = inflateSync(png.subarray(41, 41 + length));
      for (let y = 0; y < height; y++) {
        const row = rows.subarray(y * (width + 1), (y + 1) * (width + 1));
        expect([...row]).toEqual([0, ...pixels.subarray(y * width, (y + 1) * width)]);
      }
    }),
  );
});
