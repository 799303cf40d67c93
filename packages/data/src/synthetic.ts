import { drawStrokes, type GreyImage, normalize, PIXELS, type Stroke } from '@mnist-edge/recognizer';
import type { Split } from './dataset.ts';
import { handwrite } from './hand.ts';
import type { Random } from './random.ts';
import { type Style, styles } from './skeletons.ts';

/** Height of a digit on the drawing sheet, in pixels: about that of the scans MNIST was made from. */
const HEIGHT = 40;
/** Room around it for the pen and for what slant and carelessness add. */
const MARGIN = 34;

/**
 * Draws handwritten-like digits: each label equally likely, written in one of its styles by a hand of its own, with a
 * pen of its own, as black-or-white ink, then normalised as MNIST's digits were. They are drawn, not collected: what
 * is learnt from them says nothing about accuracy on MNIST.
 * @param count how many
 * @param drawn is told how many there are, now and then
 */
export function drawDigits(count: number, random: Random, drawn: (count: number) => void = () => {}): Split {
  const images = new Uint8Array(count * PIXELS);
  // Balanced: no label more than once oftener than another.
  const labels = Uint8Array.from(random.shuffle(Array.from({ length: count }, (_, index) => index % styles.length)));
  labels.forEach((label, index) => {
    images.set(drawDigit(label, random), index * PIXELS);
    if (index % 256 === 255) drawn(index + 1);
  });
  return { count, images, labels };
}

/** One digit as 784 bytes, ink bright. */
export function drawDigit(label: number, random: Random): Uint8Array {
  const strokes = handwrite(pickStyle(styles[label]!, random), random).map(onSheet);
  // In pixels of the 28 × 28 frame, of which the digit's longer side takes 20. MNIST's strokes are 2.5 wide, 5 % below
  // 1.6 and 5 % above 3.9, measured in the grey image, where the faint rim of a stroke does not count.
  const pen = Math.min(4.6, Math.max(1.5, 2.8 * Math.exp(0.27 * random.normal())));
  const side = HEIGHT + 2 * MARGIN;
  const sheet = drawStrokes(strokes, { width: side, height: side, pen: (pen * HEIGHT) / 20 });
  return normalize(ink(sheet))!;
}

function onSheet(stroke: Stroke): Stroke {
  const centre = MARGIN + HEIGHT / 2;
  return stroke.map(({ x, y }) => ({ x: centre + HEIGHT * x, y: centre + HEIGHT * y }));
}

/** A scan that knows only paper and ink, as MNIST's were before normalisation made them grey. */
function ink(sheet: GreyImage): GreyImage {
  return { ...sheet, pixels: sheet.pixels.map((grey) => (grey < 128 ? 0 : 255)) };
}

function pickStyle(choices: readonly Style[], random: Random): Style {
  const tickets = choices.flatMap((style) => Array.from({ length: style.share }, () => style));
  return tickets[random.whole(tickets.length)]!;
}
