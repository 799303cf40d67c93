import { createRandom, type NonDigit, nonDigitNames, nonDigits, type Random } from '@mnist-edge/data';
import { PIXELS } from '@mnist-edge/recognizer';
import { stretch } from './image.ts';

/** Images of one kind that are no digits, 784 bytes each. */
export interface Others {
  readonly name: string;
  readonly images: Uint8Array;
}

/**
 * Not the seeds that a net is trained with: `--outliers` draws from the run's seed. The families are the same, though, so
 * of a net that was trained so these say how well it learned; kinds that it never saw are below them in the table.
 */
const SEED = 7_700_417;

/** Pictures of every kind: what `packages/data` draws, then kinds that no net is trained on. */
export function drawOthers(count: number): Others[] {
  return [
    ...nonDigitNames.map((name: NonDigit, i) => draw(name, count, nonDigits[name], SEED + i)),
    draw('grain', count, grain, SEED + 100),
    draw('clouds', count, clouds, SEED + 101),
    draw('blank', 256, blank, SEED + 102),
  ];
}

function draw(name: string, count: number, one: (random: Random, index: number) => Uint8Array, seed: number): Others {
  const random = createRandom(seed);
  const images = new Uint8Array(count * PIXELS);
  for (let i = 0; i < count; i++) images.set(one(random, i), i * PIXELS);
  return { name, images };
}

/** Normal noise around a grey. */
function grain(random: Random): Uint8Array {
  const [middle, deviation] = [random.whole(200), 20 + random.whole(100)];
  return new Uint8Array(PIXELS).map(() => Math.min(255, Math.max(0, Math.round(middle + deviation * random.normal()))));
}

/** Bright and dark places without edges: a coarse grid of greys, stretched. */
function clouds(random: Random): Uint8Array {
  const grid = Float64Array.from({ length: 49 }, () => 255 * random.next());
  return Uint8Array.from(stretch(grid, 7), (grey) => Math.min(255, Math.max(0, Math.round(2 * grey - 220))));
}

/** A sheet of one grey, each in turn. */
function blank(_: Random, index: number): Uint8Array {
  return new Uint8Array(PIXELS).fill(index);
}
