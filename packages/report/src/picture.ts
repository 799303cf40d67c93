import { PIXELS, SIDE } from '@mnist-edge/recognizer';
import sharp from 'sharp';
import { escapeHtml } from './page.ts';

/**
 * An image of 784 bytes as an `<img>` that carries its own pixels, shown at twice its size with hard edges.
 * @param alt what is to be read in its place
 */
export async function picture(image: Uint8Array, alt: string): Promise<string> {
  const size = 2 * SIDE;
  return `<img class="pixels" width="${size}" height="${size}" alt="${escapeHtml(alt)}" src="${await pictureUri(image)}">`;
}

/** An image of 784 bytes as a PNG in a `data:` address. */
export async function pictureUri(image: Uint8Array): Promise<string> {
  if (image.length !== PIXELS) throw new RangeError(`A picture needs ${PIXELS} bytes; it was given ${image.length}.`);
  const png = await sharp(image, { raw: { width: SIDE, height: SIDE, channels: 1 } })
    .png({ compressionLevel: 9 })
    .toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
}
