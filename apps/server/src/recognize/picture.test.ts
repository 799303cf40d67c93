import { crc32, deflateSync } from 'node:zlib';
import { type GreyImage, greyImage } from '@mnist-edge/recognizer';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { Refusal } from '../http/refusal.ts';
import { drawnDigit } from '../testing/drawn-digit.ts';
import { decodePicture } from './picture.ts';

const drawing = drawnDigit(7, 40);

test('a grey, an RGB, an RGBA and a palette PNG of the same greys are the same picture, exactly', async () => {
  const rgb = sharp(drawing.pixels, { raw: { width: 40, height: 40, channels: 1 } }).toColourspace('srgb');
  const pictures = [
    await greyPng(drawing),
    await rgb.clone().png().toBuffer(),
    await rgb.clone().ensureAlpha().png().toBuffer(),
    await rgb.clone().png({ palette: true, colours: 256, dither: 0 }).toBuffer(),
  ];
  expect(new Set(pictures.map((png) => png[25]))).toEqual(new Set([0, 2, 6, 3])); // the PNG header's colour types
  for (const png of pictures) expect(await decodePicture(png)).toEqual({ image: drawing, lossy: false });
});

test('a 16-bit PNG loses its lower bytes', async () => {
  const rows = Buffer.from([0, 0x00, 0x00, 0x80, 0x7f, 0, 0xff, 0xff, 0x12, 0x34]);
  const png = pngOf({ width: 2, height: 2, bits: 16, colourType: 0, rows });
  expect((await decodePicture(png)).image.pixels).toEqual(Uint8Array.from([0, 0x80, 0xff, 0x12]));
});

test('a JPEG is nearly the picture it was made from, and lossy', async () => {
  const { image, lossy } = await decodePicture(
    await sharp(await greyPng(drawing))
      .jpeg({ quality: 90 })
      .toBuffer(),
  );
  expect(lossy).toBe(true);
  expect(Math.max(...image.pixels.map((grey, i) => Math.abs(grey - drawing.pixels[i]!)))).toBeLessThan(40);
});

test('a photo is turned upright as its EXIF orientation says', async () => {
  const wide = greyImage(30, 20);
  wide.pixels.fill(255, 0, 30); // a light line along the top
  const turned = await sharp(await greyPng(wide))
    .withMetadata({ orientation: 6 })
    .png()
    .toBuffer();
  const { image } = await decodePicture(turned);
  expect([image.width, image.height]).toEqual([20, 30]);
  expect(image.pixels.every((grey, i) => grey === (i % 20 === 19 ? 255 : 0))).toBe(true); // now along the right
});

test('what cannot be decoded is refused with 400', async () => {
  const png = await greyPng(drawing);
  const jpeg = await sharp(png).jpeg().toBuffer();
  const gif = await sharp(png).gif().toBuffer();
  const damaged = Buffer.from(png);
  damaged.fill(0, 60, 120);
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(), /^The body is empty/],
    [Buffer.from('hello'), /no PNG, JPEG, WebP or GIF/],
    [gif.subarray(0, 10), /begins like a GIF but cannot be decoded/],
    [Buffer.from('RIFF1234WEBPnothing'), /begins like a WebP but cannot be decoded/],
    [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), /no PNG, JPEG, WebP or GIF/],
    [png.subarray(0, 8), /begins like a PNG but cannot be decoded/],
    [png.subarray(0, png.length / 2), /begins like a PNG but cannot be decoded/],
    [damaged, /begins like a PNG but cannot be decoded/],
    [jpeg.subarray(0, jpeg.length / 2), /begins like a JPEG but cannot be decoded/],
    [jpeg.subarray(0, 3), /begins like a JPEG but cannot be decoded/],
  ];
  for (const [bytes, message] of cases) {
    await expect(decodePicture(bytes)).rejects.toMatchObject({ status: 400, message: expect.stringMatching(message) });
  }
});

test.each([
  [30_000, 30_000],
  [1, 5000],
  [4096, 1025],
])('a picture whose header says %i × %i is refused with 413 before it is decoded', async (width, height) => {
  // There are no pixels behind this header: decoding would fail with 400.
  const bomb = pngOf({ width, height, bits: 8, colourType: 0, rows: Buffer.alloc(0) });
  await expect(decodePicture(bomb)).rejects.toThrow(
    new Refusal(413, `The picture is ${width} × ${height}; this server takes at most 4194304 pixels and 4096 a side.`),
  );
});

function greyPng({ width, height, pixels }: GreyImage): Promise<Buffer> {
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer();
}

interface Png {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly colourType: number;
  /** Each row begins with its filter's number. */
  readonly rows: Buffer;
}

/** A PNG file with just the chunks it needs (RFC 2083), whatever its header says. */
function pngOf({ width, height, bits, colourType, rows }: Png): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = bits;
  header[9] = colourType;
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
