import { createRandom, type Random, type Split } from '@mnist-edge/data';
import { drawStrokes, normalize, PIXELS } from '@mnist-edge/recognizer';
import { type Architecture, architectures, type Backend, type TrainConfig, trainEpochs } from '@mnist-edge/trainer';
import { median } from './statistics.ts';

/** How fast a model trains with its own recipe: augmentation, batch size, optimizer. */
export interface TrainingSpeed {
  readonly model: string;
  readonly backend: string;
  readonly batchSize: number;
  readonly augment: string;
  readonly imagesPerSecond: number;
  readonly millisecondsPerStep: number;
}

/** How much to train: rounds of some steps; the first round warms up and is not counted. */
export interface TrainingAmount {
  readonly rounds: number;
  readonly steps: number;
}

export const SEED = 1;
/** Images that differ; a split repeats them, since no step takes longer for a new one. */
const GLYPHS = 256;
const CLASSES = 10;

/** Trains each model on drawn glyphs, so that no dataset is needed: what a step costs does not depend on the images. */
export async function* measureTraining(backend: Backend, amount: TrainingAmount): AsyncGenerator<TrainingSpeed> {
  for (const architecture of architectures) {
    const { augment } = architecture.recipe;
    const [speed] = await measureSideBySide(architecture, [augment], backend, amount);
    yield speed!;
  }
}

/** What the bench trains with: nothing, what the recipe of `edge` does, and all kinds there are but the flip. */
const AUGMENTATIONS = ['none', 'gentle', 'affine,elastic,thickness,noise,occlusion'];

/** Trains one model with each augmentation, a round of each in turn. */
export function measureAugmentation(
  architecture: Architecture,
  backend: Backend,
  amount: TrainingAmount,
): Promise<TrainingSpeed[]> {
  return measureSideBySide(architecture, AUGMENTATIONS, backend, amount);
}

/** A round of each in turn, so that a slow moment of the machine is shared. */
async function measureSideBySide(
  architecture: Architecture,
  augmentations: readonly string[],
  backend: Backend,
  amount: TrainingAmount,
): Promise<TrainingSpeed[]> {
  const { batchSize } = architecture.recipe;
  const runs = augmentations.map((augment) => ({
    augment,
    rounds: trainRounds(architecture, augment, amount),
    speeds: [] as number[],
  }));
  for (let round = 0; round <= amount.rounds; round++) {
    for (const { rounds, speeds } of runs) {
      const { value } = await rounds.next();
      if (round > 0) speeds.push((amount.steps * batchSize) / value!);
    }
  }
  for (const { rounds } of runs) await rounds.return(undefined);
  return runs.map(({ augment, speeds }) => {
    const imagesPerSecond = median(speeds);
    return {
      model: architecture.name,
      backend: backend.description,
      batchSize,
      augment,
      imagesPerSecond,
      millisecondsPerStep: (1000 * batchSize) / imagesPerSecond,
    };
  });
}

/** Trains and gives the seconds that each round took. */
export async function* trainRounds(
  architecture: Architecture,
  augment: string,
  amount: TrainingAmount,
): AsyncGenerator<number, undefined> {
  const random = createRandom(SEED);
  const config: TrainConfig = {
    ...architecture.recipe,
    augment,
    model: architecture.name,
    dataset: 'bench',
    seed: SEED,
    epochs: amount.rounds + 1,
    outliers: 0,
  };
  const split = glyphs(amount.steps * config.batchSize, SEED);
  const model = architecture.build({
    classes: CLASSES,
    nextSeed: () => random.whole(2 ** 32),
    greyLevels: config.greyLevels,
    dropout: config.dropout,
    random,
  });
  try {
    const validation = glyphs(CLASSES, SEED);
    for await (const { report } of trainEpochs({ config, model, train: split, validation, random })) {
      yield report.seconds;
    }
  } finally {
    model.dispose();
  }
}

/** Drawn images, the same ones for the same seed; each of them again and again. */
export function glyphs(count: number, seed: number): Split {
  const random = createRandom(seed);
  const drawn = Array.from({ length: Math.min(count, GLYPHS) }, () => glyph(random));
  const images = new Uint8Array(count * PIXELS);
  for (let i = 0; i < count; i++) images.set(drawn[i % drawn.length]!, i * PIXELS);
  return { count, images, labels: Uint8Array.from({ length: count }, (_, i) => i % CLASSES) };
}

/** Three lines anywhere, as MNIST would have them. */
function glyph(random: Random): Uint8Array {
  const side = 64;
  const point = () => ({ x: side * random.next(), y: side * random.next() });
  return normalize(drawStrokes([[point(), point(), point(), point()]], { width: side, height: side, pen: 6 }))!;
}
