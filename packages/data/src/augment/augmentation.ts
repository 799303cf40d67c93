import { PIXELS, Problem } from '@mnist-edge/recognizer';
import type { Random } from '../random.ts';
import { affine, gentle, shift, strong } from './affine.ts';
import { background } from './background.ts';
import { blur } from './blur.ts';
import { contrast } from './contrast.ts';
import { elastic } from './elastic.ts';
import { flip } from './flip.ts';
import { lines } from './lines.ts';
import { nearest } from './nearest.ts';
import { noise } from './noise.ts';
import { occlusion } from './occlusion.ts';
import { thickness } from './thickness.ts';

/** Changes images of 784 bytes, one after another, in place; what it does follows from the random numbers alone. */
export type Augment = (images: Uint8Array, random: Random) => void;

/** Writes a changed copy of one image or more. */
type Warp = (images: Uint8Array, out: Uint8Array, random: Random) => void;

/** What can be done to an image, and how far: by kind, then by range, gentle first. */
const kinds: Readonly<Record<string, Readonly<Record<string, Warp>>>> = {
  affine: {
    gentle: (images, out, random) => affine(images, out, gentle, random),
    strong: (images, out, random) => affine(images, out, strong, random),
    shift: (images, out, random) => affine(images, out, shift, random),
  },
  elastic: ranges(elastic, { gentle: 1, strong: 2 }),
  thickness: ranges(thickness, { gentle: 0.4, strong: 0.8 }),
  noise: ranges(noise, { gentle: 12, strong: 40 }),
  occlusion: ranges(occlusion, { gentle: 8, strong: 14 }),
  background: ranges(background, { gentle: 60, strong: 140 }),
  blur: ranges(blur, { gentle: 1, strong: 2 }),
  lines: ranges(lines, { gentle: 2, strong: 4 }),
  contrast: ranges(contrast, { gentle: 0.3, strong: 0.7 }),
  flip: ranges(flip, { gentle: 0.5 }),
};

/** All that may stand between two commas, or alone. */
const parts = [
  'none',
  'gentle',
  ...Object.entries(kinds).flatMap(([kind, byRange]) => [
    kind,
    ...Object.keys(byRange).map((range) => `${kind}:${range}`),
  ]),
];

/** How an augmentation is written, for help texts and messages. */
export const augmentationGrammar = `none, or kinds with commas between them, each with a range or without (gentle): ${Object.entries(
  kinds,
)
  .map(([kind, byRange]) => `${kind}[:${Object.keys(byRange).join('|')}]`)
  .join(
    ', ',
  )}; "gentle" is short for affine:gentle; of kinds with | between them each image gets one or nothing, and "none" among them makes nothing likelier`;

/**
 * What a description such as `affine,elastic:strong` does to images, in its order; null for `none`. Of kinds with `|`
 * between them, as in `affine,noise|background`, an image gets one or none, each as likely as the others; `none` among them
 * makes none so much likelier.
 * @throws {Problem} when it is no such description, with what is allowed and, where one is near, what was meant
 */
export function augmentation(description: string): Augment | null {
  if (description === 'none') return null;
  const steps = (description === 'gentle' ? 'affine:gentle' : description)
    .split(',')
    .map((step) => step.split('|'))
    .map((names) => (names.length === 1 ? warpNamed(names[0]!) : oneOf(names.map(warpOrNone))));
  return (images, random) => {
    // A copy also of Node's Buffer, whose own slice() shares its memory.
    for (const warp of steps) warp(new Uint8Array(images), images, random);
  };
}

/** The kinds that a description names. */
export function kindsOf(description: string): readonly string[] {
  if (description === 'none') return [];
  return (description === 'gentle' ? 'affine' : description)
    .split(/[,|]/)
    .filter((part) => part !== 'none')
    .map((part) => part.split(':')[0]!);
}

function warpOrNone(part: string): Warp | undefined {
  return part === 'none' ? undefined : warpNamed(part);
}

function warpNamed(part: string): Warp {
  const [kind, range = 'gentle', ...rest] = part.split(':');
  // Own properties only: "constructor" is no kind.
  const byRange = Object.hasOwn(kinds, kind!) ? kinds[kind!]! : {};
  if (rest.length > 0 || !Object.hasOwn(byRange, range)) {
    const meant = nearest(part, parts);
    const hint = meant === null ? '' : ` Did you mean "${meant}"?`;
    throw new Problem(`"${part}" is no augmentation.${hint} Expected ${augmentationGrammar}.`);
  }
  return byRange[range]!;
}

/** An undefined one does nothing. */
function oneOf(warps: readonly (Warp | undefined)[]): Warp {
  return (images, out, random) => {
    for (let start = 0; start < images.length; start += PIXELS) {
      const chosen = warps[random.whole(warps.length + 1)];
      const [image, result] = [images, out].map((all) => all.subarray(start, start + PIXELS));
      if (chosen === undefined) result!.set(image!);
      else chosen(image!, result!, random);
    }
  };
}

/** A kind that works on one image with one number for its range, on any number of images, by the range's name. */
function ranges(
  change: (image: Uint8Array, out: Uint8Array, range: number, random: Random) => void,
  named: Readonly<Record<string, number>>,
): Readonly<Record<string, Warp>> {
  return Object.fromEntries(
    Object.entries(named).map(([name, range]): [string, Warp] => [
      name,
      (images, out, random) => {
        for (let start = 0; start < images.length; start += PIXELS) {
          change(images.subarray(start, start + PIXELS), out.subarray(start, start + PIXELS), range, random);
        }
      },
    ]),
  );
}
