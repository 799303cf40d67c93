import { type GreyImage, toGrey } from '@mnist-edge/recognizer';
import { Refusal } from '../http/refusal.ts';

/** The most pixels a picture may have, and the longest its sides may be: a bound on the memory of one request. */
export const MOST_PIXELS = 2 ** 22;
export const LONGEST_SIDE = 4096;

export interface Picture {
  readonly image: GreyImage;
  /** True for JPEG and WebP, which may leave faint rings around ink. */
  readonly lossy: boolean;
}

let library: Promise<typeof import('sharp')['default']> | undefined;

/**
 * The image library, loaded with the first picture: it takes as long as half of all else at the start, and some 30 MB,
 * and many a server never sees one. What it holds on to is bounded: no cache of past pictures, and one thread a picture,
 * so that many small pictures do not each start a pool. It has one set of such settings for the whole process.
 */
function imageLibrary() {
  library ??= import('sharp').then(({ default: sharp }) => {
    sharp.cache(false);
    sharp.concurrency(1);
    return sharp;
  });
  return library;
}

/**
 * Decodes a PNG, JPEG, WebP or GIF (its first frame) to greys, upright as its EXIF orientation says.
 * @throws {Refusal} 413 when the header tells of too many pixels (nothing is decoded then); 400 when the bytes are
 *   none of these, or are damaged or cut short
 */
export async function decodePicture(bytes: Uint8Array): Promise<Picture> {
  const format = formatOf(bytes);
  if (format === null) {
    throw new Refusal(
      400,
      bytes.length === 0
        ? 'The body is empty; it should be a picture, PNG, JPEG, WebP or GIF.'
        : 'The picture is no PNG, JPEG, WebP or GIF: it does not begin like one.',
    );
  }
  // Warnings (an odd colour profile, say) are let pass; damage and missing data are not. The library's own limit on
  // pixels is off, since the one below speaks more plainly and comes before any is decoded too.
  const sharp = await imageLibrary();
  const picture = sharp(bytes, { failOn: 'error', limitInputPixels: false });
  const { width, height } = await picture.metadata().catch((error) => refuse(error, format));
  if (width * height > MOST_PIXELS || Math.max(width, height) > LONGEST_SIDE) {
    throw new Refusal(
      413,
      `The picture is ${width} × ${height}; this server takes at most ${MOST_PIXELS} pixels and ${LONGEST_SIDE} a side.`,
    );
  }
  const { data, info } = await picture
    .autoOrient()
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((error) => refuse(error, format));
  return {
    image: toGrey({ width: info.width, height: info.height, pixels: data }),
    lossy: format === 'JPEG' || format === 'WebP',
  };
}

/** By their first bytes, so that nothing else reaches the decoders. */
function formatOf(bytes: Uint8Array): 'PNG' | 'JPEG' | 'WebP' | 'GIF' | null {
  const begins = (signature: readonly number[], at = 0) => signature.every((byte, index) => bytes[at + index] === byte);
  const ascii = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
  if (begins([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'PNG';
  if (begins([0xff, 0xd8, 0xff])) return 'JPEG';
  if (begins(ascii('RIFF')) && begins(ascii('WEBP'), 8)) return 'WebP';
  if (begins(ascii('GIF87a')) || begins(ascii('GIF89a'))) return 'GIF';
  return null;
}

function refuse(error: unknown, format: string): never {
  const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
  throw new Refusal(400, `The body begins like a ${format} but cannot be decoded: ${reason}`);
}
