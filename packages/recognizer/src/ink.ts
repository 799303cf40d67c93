import { type GreyImage, greyImage } from './grey-image.ts';

/** Below this many grey levels between paper and ink a grainy image holds no ink: an even sheet with sensor noise. */
const LEAST_CONTRAST = 24;
/** In a grainy image, what differs from the paper by less than this share of the contrast is paper too. */
const GRAIN = 0.2;

/**
 * Finds the ink of a photo or drawing: returns it bright on exactly black, whichever way round it was.
 * The paper's grey is the median of the border. An image whose border is one even grey is a drawing, and every
 * other grey in it is ink; any other is a photo, whose grain is cut off.
 * @param lossy true when the image comes from a lossy format: JPEG leaves faint rings around ink, which count as grain
 */
export function findInk(image: GreyImage, lossy = false): GreyImage {
  const { width, height, pixels } = image;
  const edge = border(image);
  const paper = median(edge);
  let lighter = 0;
  let darker = 0;
  for (const grey of pixels) {
    lighter = Math.max(lighter, grey - paper);
    darker = Math.max(darker, paper - grey);
  }
  const contrast = Math.max(lighter, darker);
  const direction = darker > lighter ? -1 : 1;
  const grainy = lossy || edge.some((grey) => grey !== paper);
  const ink = greyImage(width, height);
  if (contrast === 0 || (grainy && contrast < LEAST_CONTRAST)) return ink;
  const floor = grainy ? contrast * GRAIN : 0;
  for (let i = 0; i < pixels.length; i++) {
    const above = direction * (pixels[i]! - paper) - floor;
    if (above > 0) ink.pixels[i] = Math.max(1, Math.round((above / (contrast - floor)) * 255));
  }
  return ink;
}

function border({ width, height, pixels }: GreyImage): number[] {
  const greys: number[] = [];
  for (let x = 0; x < width; x++) greys.push(pixels[x]!, pixels[(height - 1) * width + x]!);
  for (let y = 0; y < height; y++) greys.push(pixels[y * width]!, pixels[y * width + width - 1]!);
  return greys;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}
