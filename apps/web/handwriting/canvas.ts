import { type GreyImage, greyImage, SIDE } from '@mnist-edge/recognizer';

const CANVAS = 400;
const TIMES = 10;

/** An MNIST digit (784 bytes), enlarged ten times and put on a canvas of 400 × 400, each at another place. */
export function onCanvas(digit: Uint8Array, index: number): GreyImage {
  const canvas = greyImage(CANVAS, CANVAS);
  const left = (index * 37) % (CANVAS - TIMES * SIDE);
  const top = (index * 53) % (CANVAS - TIMES * SIDE);
  digit.forEach((grey, at) => {
    if (grey === 0) return;
    const x = left + TIMES * (at % SIDE);
    for (let row = 0; row < TIMES; row++) {
      const from = (top + TIMES * Math.floor(at / SIDE) + row) * CANVAS + x;
      canvas.pixels.fill(grey, from, from + TIMES);
    }
  });
  return canvas;
}
