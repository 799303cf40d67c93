import { PIXELS } from '@mnist-edge/recognizer';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { picture } from './picture.ts';

test('an image comes back from its HTML, pixel by pixel', async () => {
  const image = Uint8Array.from({ length: PIXELS }, (_, i) => (i * 7) % 256);
  const html = await picture(image, 'a "seven"');
  expect(html).toContain('alt="a &#34;seven&#34;"');
  const png = Buffer.from(/base64,([^"]+)"/.exec(html)![1]!, 'base64');
  const { data, info } = await sharp(png).greyscale().raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, info.channels]).toEqual([28, 28, 1]);
  expect(new Uint8Array(data)).toEqual(image);
});

test('anything but 784 bytes is refused', async () => {
  await expect(picture(new Uint8Array(10), '')).rejects.toThrow('A picture needs 784 bytes; it was given 10.');
});
