import { createRandom, type Random, type Split } from '@mnist-edge/data';
import { drawStrokes, normalize, PIXELS } from '@mnist-edge/recognizer';
import { architectures, type Backend, type TrainConfig, trainEpochs } from '@mnist-edge/trainer';
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

const SEED = 1;
/** Images that differ; a split repeats them, since no step takes longer for a new one. */
const GLYPHS = 256;
const CLASSES = 10;

/** Trains each model on drawn glyphs, so that no dataset is needed: what a step costs does not depend on the images. */
export async function* measureTraining(backend: Backend, amount: TrainingAmount): AsyncGenerator<TrainingSpeed> {
  for (const architecture of architectures) {
    const random = createRandom(SEED);
    const config: TrainConfig = {
      ...architecture.recipe,
      model: architecture.name,
      dataset: 'bench',
      seed: SEED,
      epochs: amount.rounds + 1,
    };
    const train = glyphs(amount.steps * config.batchSize, random);
    const model = architecture.build({
      classes: CLASSES,
      nextSeed: () => random.whole(2 ** 32),
      dropout: config.dropout,
      random,
    });
    const speeds: number[] = [];
    for await (const { report } of trainEpochs({ config, model, train, validation: glyphs(CLASSES, random), random })) {
      if (report.epoch > 1) speeds.push(report.imagesPerSecond);
    }
    model.dispose();
    const imagesPerSecond = median(speeds);
    yield {
      model: architecture.name,
      backend: backend.description,
      batchSize: config.batchSize,
      augment: config.augment,
      imagesPerSecond,
      millisecondsPerStep: (1000 * config.batchSize) / imagesPerSecond,
    };
  }
}

function glyphs(count: number, random: Random): Split {
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
