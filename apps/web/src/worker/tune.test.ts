import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import {
  graphNodes,
  greyImage,
  lastLayer,
  normalize,
  PIXELS,
  parseBundle,
  topK,
  toTensor,
  withOutputs,
} from '@mnist-edge/recognizer';
import { beforeAll, describe, expect, test } from 'vitest';
import { openSession, startRuntime, Tensor } from '../runtime.ts';
import { applyTuning, type Examples, type Tuning, tune } from './tune.ts';

const root = resolve(import.meta.dirname, '../../../..');
const CLASSES = 10;

/** Digits of MNIST's test set that stand for the whole in `npm test`; all of them with MNIST_EDGE_FULL=1. */
const PLAIN = process.env.MNIST_EDGE_FULL === '1' ? 10_000 : 3_000;
/** Sets of 20 corrections. */
const LESSONS = 10;
/** Digits of the new handwriting. */
const SLANTED = process.env.MNIST_EDGE_FULL === '1' ? 10_000 : 2_000;

test('moves the answer to what was taught, and gives nothing without a reason', () => {
  const examples: Examples = {
    features: Float32Array.of(1, 0, 0, 1),
    logits: Float32Array.of(2, 0, 0, 2),
    labels: [1, 1],
  };
  const tuning = tune(examples, 0.01);
  const logits = Float32Array.of(2, 0);
  applyTuning(tuning, logits, Float32Array.of(1, 0));
  expect(logits[1]).toBeGreaterThan(logits[0]!);
  const known = tune({ ...examples, logits: Float32Array.of(-30, 30, -30, 30) });
  expect(Math.max(...known.multiples.map(Math.abs))).toBeLessThan(1e-6);
});

describe('20 corrections of a new handwriting', () => {
  let plain: Examples;
  let slanted: Examples;
  /** Each of the 20 that were corrected, and what was learned of them: which 20 it were makes a difference of some points. */
  let lessons: { corrected: number[]; tuning: Tuning }[];

  beforeAll(async () => {
    const folder = resolve(root, 'models/digits');
    const bundle = parseBundle(JSON.parse(await readFile(resolve(folder, 'bundle.json'), 'utf8')));
    const bytes = new Uint8Array(await readFile(resolve(folder, bundle.model)));
    const { features } = lastLayer(graphNodes(bytes), bundle.outputs.logits);
    const wasm = createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm');
    const engine = await startRuntime({ wasm: new Uint8Array(await readFile(wasm)) });
    const session = openSession(engine, bundle, bundle.model, withOutputs(bytes, [features]));
    const split = await readFile(resolve(root, '.artifacts/data/mnist/test.bin'));
    const labels = [...split.subarray(split.length - 10_000)];
    const image = (i: number) => split.subarray(i * PIXELS, (i + 1) * PIXELS);

    async function see(images: readonly Uint8Array[]): Promise<Examples> {
      const all: { features: Float32Array[]; logits: Float32Array[] } = { features: [], logits: [] };
      for (let first = 0; first < images.length; first += 500) {
        const part = images.slice(first, first + 500);
        const input = new Float32Array(part.length * PIXELS);
        part.forEach((each, i) => {
          toTensor(each, input.subarray(i * PIXELS, (i + 1) * PIXELS));
        });
        const tensor = new Tensor('float32', input, [part.length, 28, 28, 1]);
        const results = await session.run({ [bundle.input.name]: tensor }, [features, bundle.outputs.logits]);
        all.features.push(results[features]!.data as Float32Array);
        all.logits.push(results[bundle.outputs.logits]!.data as Float32Array);
      }
      const join = (parts: Float32Array[]) => Float32Array.from(parts.flatMap((part) => [...part]));
      return { features: join(all.features), logits: join(all.logits), labels: labels.slice(0, images.length) };
    }

    plain = await see(Array.from({ length: PLAIN }, (_, i) => image(i)));
    slanted = await see(Array.from({ length: SLANTED }, (_, i) => slant(image(i))));
    const wrong = slanted.labels.flatMap((_, i) => (isRight(slanted, i, null) ? [] : [i]));
    lessons = Array.from({ length: LESSONS }, (_, lesson) => {
      const corrected = wrong.slice(20 * lesson, 20 * (lesson + 1));
      return { corrected, tuning: tune(pick(slanted, corrected)) };
    });
  });

  test('raise the accuracy on the rest of that handwriting', () => {
    const [before, after] = [0, 0].map(() => [] as number[]) as [number[], number[]];
    for (const { corrected, tuning } of lessons) {
      expect(corrected).toHaveLength(20);
      const rest = slanted.labels.map((_, i) => i).filter((i) => !corrected.includes(i));
      before.push(accuracy(slanted, rest, null));
      after.push(accuracy(slanted, rest, tuning));
    }
    process.stdout.write(`\nslanted digits: ${before[0]} before; after ${LESSONS} lessons, each by itself: ${after}\n`);
    expect(mean(after)).toBeGreaterThan(mean(before) + 0.005);
  });

  test('lose at most 0.2 points on MNIST as it is', () => {
    const all = plain.labels.map((_, i) => i);
    const before = accuracy(plain, all, null);
    const after = lessons.map(({ tuning }) => accuracy(plain, all, tuning));
    process.stdout.write(`\nplain digits, ${all.length}: ${before} before; after each lesson: ${after}\n`);
    expect(Math.min(...after)).toBeGreaterThanOrEqual(before - 0.002);
  });
});

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function isRight({ features, logits, labels }: Examples, i: number, tuning: Tuning | null): boolean {
  const width = features.length / labels.length;
  const answer = logits.slice(i * CLASSES, (i + 1) * CLASSES);
  if (tuning !== null) applyTuning(tuning, answer, features.subarray(i * width, (i + 1) * width));
  return topK(answer, 1)[0] === labels[i];
}

function accuracy(examples: Examples, of: readonly number[], tuning: Tuning | null): number {
  return of.filter((i) => isRight(examples, i, tuning)).length / of.length;
}

function pick({ features, logits, labels }: Examples, wanted: readonly number[]): Examples {
  const width = features.length / labels.length;
  const rows = (all: Float32Array, each: number) =>
    Float32Array.from(wanted.flatMap((i) => [...all.subarray(i * each, (i + 1) * each)]));
  return { features: rows(features, width), logits: rows(logits, CLASSES), labels: wanted.map((i) => labels[i]!) };
}

/** The hand of someone whose digits lean far to the left: each row moved by its height, on paper of three times the size. */
function slant(image: Uint8Array): Uint8Array {
  const side = 84;
  const paper = greyImage(side, side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const down = (y + 0.5 - side / 2) / 2;
      const across = (x + 0.5 - side / 2) / 2 - 0.9 * down;
      paper.pixels[y * side + x] = Math.round(between(image, across + 13.5, down + 13.5));
    }
  }
  return normalize(paper)!;
}

/** The grey between four pixels. */
function between(image: Uint8Array, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, low] = [x - left, y - top];
  const grey = (column: number, row: number) =>
    column < 0 || row < 0 || column > 27 || row > 27 ? 0 : image[row * 28 + column]!;
  return (
    (grey(left, top) * (1 - right) + grey(left + 1, top) * right) * (1 - low) +
    (grey(left, top + 1) * (1 - right) + grey(left + 1, top + 1) * right) * low
  );
}
