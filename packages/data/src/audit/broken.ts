import { PIXELS } from '@mnist-edge/recognizer';

export type Fault = 'blank' | 'almost blank' | 'almost full';

export interface Broken {
  readonly index: number;
  readonly fault: Fault;
}

/** Less ink than four white pixels is no stroke: MNIST's thinnest digit has some 17. */
const LEAST_INK = 4 * 255;
/** More than this share of white is no stroke on paper but paper that was not told from ink. */
const MOST_INK = 0.85;

/** Images that cannot be what they are said to be: of one grey, almost without ink, or almost nothing else. */
export function findBroken(images: Uint8Array): Broken[] {
  const found: Broken[] = [];
  for (let index = 0; index < images.length / PIXELS; index++) {
    const image = images.subarray(index * PIXELS, (index + 1) * PIXELS);
    const ink = image.reduce((sum, grey) => sum + grey, 0);
    if (image.every((grey) => grey === image[0])) found.push({ index, fault: 'blank' });
    else if (ink < LEAST_INK) found.push({ index, fault: 'almost blank' });
    else if (ink > MOST_INK * 255 * PIXELS) found.push({ index, fault: 'almost full' });
  }
  return found;
}
