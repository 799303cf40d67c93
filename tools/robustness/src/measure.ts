import { startProgress } from '@mnist-edge/command';
import { createRandom, kindsOf, type Split } from '@mnist-edge/data';
import { type Bundle, PIXELS, topK } from '@mnist-edge/recognizer';
import { type Family, families, SEVERITIES } from './corruptions.ts';
import { bytesOf, greysOf } from './image.ts';
import type { OpenModel } from './open-model.ts';

/** A family's images are spoilt by random numbers of its own, so that a new family changes no other's figures; by the same ones at each severity. */
const SEED = 20_261_124;

/** What one family does to a model. */
export interface Row {
  readonly family: string;
  /** Whether the net was trained on the like of it. */
  readonly trained: boolean;
  /** Accuracy by severity, 0..1. */
  readonly accuracy: readonly number[];
  readonly mean: number;
}

export interface Robustness {
  readonly model: string;
  readonly version: string;
  readonly split: string;
  readonly images: number;
  readonly clean: number;
  readonly rows: readonly Row[];
  /** Mean accuracy over all families, over those never trained on (null where there is none), and the lowest at the middle severity. */
  readonly mean: number;
  readonly untrained: number | null;
  readonly lowestMiddle: number;
}

/** All images of a split spoilt by one family at one severity, 784 bytes each; the same at every call and on every machine. */
export function spoilt(images: Uint8Array, family: Family, severity: number): Uint8Array {
  const random = createRandom((SEED + [...family.name].reduce((sum, c) => 31 * sum + c.charCodeAt(0), 7)) >>> 0);
  const out = new Uint8Array(images.length);
  for (let start = 0; start < images.length; start += PIXELS) {
    const image = greysOf(images.subarray(start, start + PIXELS));
    out.set(bytesOf(family.spoil(image, family.amounts[severity - 1]!, random)), start);
  }
  return out;
}

/** Measures a model on clean and spoilt images of a split. */
export async function measure(
  model: OpenModel,
  split: Split,
  name: string,
  onStep: (done: number, note: string) => void = () => undefined,
): Promise<Robustness> {
  const { bundle } = model.recognizer;
  const accuracy = async (images: Uint8Array) => {
    const logits = await model.answer(images);
    const classes = bundle.labels.length;
    const right = split.labels.filter(
      (label, i) => topK(logits.subarray(i * classes, (i + 1) * classes), 1)[0] === label,
    );
    return right.length / split.count;
  };
  const clean = await accuracy(split.images);
  const seen = trainedKinds(bundle);
  const rows: Row[] = [];
  for (const [index, family] of families.entries()) {
    const bySeverity: number[] = [];
    for (const severity of SEVERITIES) bySeverity.push(await accuracy(spoilt(split.images, family, severity)));
    rows.push({
      family: family.name,
      trained: family.trainedBy.some((kind) => seen.has(kind)),
      accuracy: bySeverity,
      mean: mean(bySeverity),
    });
    onStep(index + 1, family.name);
  }
  const untrained = rows.filter(({ trained }) => !trained);
  return {
    model: bundle.name,
    version: bundle.version,
    split: name,
    images: split.count,
    clean,
    rows,
    mean: mean(rows.map((row) => row.mean)),
    untrained: untrained.length === 0 ? null : mean(untrained.map((row) => row.mean)),
    lowestMiddle: Math.min(...rows.map((row) => row.accuracy[2]!)),
  };
}

/** The same, with a progress bar on the terminal. */
export async function measureVisibly(model: OpenModel, split: Split, name: string, title: string): Promise<Robustness> {
  const bar = startProgress(title, families.length);
  const found = await measure(model, split, name, (done, note) => bar.update(done, note));
  bar.stop();
  return found;
}

/** The kinds of augmentation that a model's training configuration names. */
export function trainedKinds(bundle: Bundle): Set<string> {
  const { augment } = bundle.training.config;
  return new Set(kindsOf(typeof augment === 'string' ? augment : 'none'));
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
