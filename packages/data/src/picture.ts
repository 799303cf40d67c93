import { readFile } from 'node:fs/promises';
import { describeSystemError, shown } from '@mnist-edge/command';
import { findInk, normalize, Problem, toGrey } from '@mnist-edge/recognizer';
import sharp from 'sharp';

export interface Picture {
  /** The file's bytes. */
  readonly bytes: Uint8Array;
  /** 784 bytes, as the recognizer would give them to a net; null where there is no ink. */
  readonly image: Uint8Array | null;
}

/**
 * Reads a PNG or JPEG of any size, upright as its EXIF orientation says, and finds and normalises its ink exactly as the
 * server does with a picture that is sent to it: a net must be trained on what it will be asked.
 * @throws {Problem} when the file cannot be read or decoded
 */
export async function readPicture(path: string): Promise<Picture> {
  const bytes = await readFile(path).catch((error) => {
    throw describeSystemError(error, `reading ${shown(path)}`);
  });
  try {
    const { data, info } = await sharp(bytes, { failOn: 'error' })
      .autoOrient()
      .toColourspace('srgb')
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const grey = toGrey({ width: info.width, height: info.height, pixels: data });
    // JPEG leaves faint rings around ink.
    return { bytes, image: normalize(findInk(grey, bytes[0] === 0xff)) };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new Problem(
      `${shown(path)} cannot be decoded: ${reason}. Mend the file or take it out of the folder, then run this again.`,
      { cause: error },
    );
  }
}
