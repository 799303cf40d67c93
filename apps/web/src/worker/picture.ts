import { findInk, type GreyImage, greyImage, Problem, type RgbaImage, toGrey } from '@mnist-edge/recognizer';

/** A picture's longer side is made no longer than this: enough for ten digits, and quick. */
const LARGEST = 1024;
/** Empty paper around the ink on the sheet, as a share of the ink's longer side. */
const MARGIN = 0.15;

/**
 * The ink of a picture, bright on black, on a square sheet that it fills but for a margin.
 * @returns null when there is no ink in the picture
 * @throws {Problem} when the browser cannot read the picture
 */
export async function inkOfPicture(picture: Blob | ImageBitmap): Promise<GreyImage | null> {
  const lossy = !(picture instanceof Blob) || picture.type !== 'image/png';
  const bitmap = await decode(picture);
  try {
    return onSheet(findInk(toGrey(await pixelsOf(bitmap)), lossy));
  } finally {
    bitmap.close();
  }
}

async function decode(picture: Blob | ImageBitmap): Promise<ImageBitmap> {
  let whole: ImageBitmap;
  try {
    whole = picture instanceof Blob ? await createImageBitmap(picture) : picture;
  } catch (error) {
    const name = picture instanceof File ? `“${picture.name}”` : 'This';
    throw new Problem(`${name} is no picture that this browser can read. Choose a PNG, JPEG or WebP file.`, {
      cause: error,
    });
  }
  const scale = LARGEST / Math.max(whole.width, whole.height);
  if (scale >= 1) return whole;
  const [resizeWidth, resizeHeight] = [whole.width, whole.height].map((side) => Math.max(1, Math.round(side * scale)));
  const smaller = await createImageBitmap(whole, {
    resizeWidth,
    resizeHeight,
    resizeQuality: 'high',
  } as ImageBitmapOptions);
  whole.close();
  return smaller;
}

/** What a video frame calls its pixels, and where in four bytes it keeps red, green and blue. */
const ORDERS: Readonly<Record<string, readonly [number, number, number]>> = {
  RGBA: [0, 1, 2],
  RGBX: [0, 1, 2],
  BGRA: [2, 1, 0],
  BGRX: [2, 1, 0],
};

/** By way of a video frame where there is one: browsers that guard against fingerprinting spoil what a canvas gives back. */
async function pixelsOf(bitmap: ImageBitmap): Promise<RgbaImage> {
  const { width, height } = bitmap;
  if ('VideoFrame' in globalThis) {
    const frame = new VideoFrame(bitmap, { timestamp: 0 });
    try {
      const order = ORDERS[frame.format ?? ''];
      if (order !== undefined) {
        const rect = { x: 0, y: 0, width, height };
        const raw = new Uint8Array(frame.allocationSize({ rect }));
        await frame.copyTo(raw, { rect, layout: [{ offset: 0, stride: width * 4 }] });
        return { width, height, pixels: frame.format === 'RGBA' ? raw : reordered(raw, order, frame.format!) };
      }
    } finally {
      frame.close();
    }
  }
  const context = new OffscreenCanvas(width, height).getContext('2d')!;
  context.drawImage(bitmap, 0, 0);
  return { width, height, pixels: new Uint8Array(context.getImageData(0, 0, width, height).data.buffer) };
}

function reordered(raw: Uint8Array, [red, green, blue]: readonly [number, number, number], format: string): Uint8Array {
  const opaque = format.endsWith('X');
  const pixels = new Uint8Array(raw.length);
  for (let at = 0; at < raw.length; at += 4) {
    pixels[at] = raw[at + red]!;
    pixels[at + 1] = raw[at + green]!;
    pixels[at + 2] = raw[at + blue]!;
    pixels[at + 3] = opaque ? 255 : raw[at + 3]!;
  }
  return pixels;
}

function onSheet({ width, height, pixels }: GreyImage): GreyImage | null {
  let [left, right, top, bottom] = [width, -1, height, -1];
  pixels.forEach((grey, at) => {
    if (grey === 0) return;
    const y = Math.floor(at / width);
    const x = at - y * width;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = y;
  });
  if (right < 0) return null;
  const [inkWidth, inkHeight] = [right - left + 1, bottom - top + 1];
  const side = Math.round(Math.max(inkWidth, inkHeight) * (1 + 2 * MARGIN)) + 2;
  const sheet = greyImage(side, side);
  const [toX, toY] = [(side - inkWidth) >> 1, (side - inkHeight) >> 1];
  for (let y = 0; y < inkHeight; y++) {
    const from = (top + y) * width + left;
    sheet.pixels.set(pixels.subarray(from, from + inkWidth), (toY + y) * side + toX);
  }
  return sheet;
}
