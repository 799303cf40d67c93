import { createRandom, type Split } from '@mnist-edge/data';
import { PIXELS, softmax } from '@mnist-edge/recognizer';
import type { TrainConfig } from '../config.ts';
import { predict, type StepReport, trainEpochs } from '../epochs.ts';
import { findArchitecture } from '../models/index.ts';

export interface FoldSettings {
  readonly config: TrainConfig;
  readonly classes: number;
  readonly folds: number;
  readonly onStep?: (fold: number, report: StepReport) => void;
  readonly signal?: AbortSignal;
}

/**
 * Probabilities for every image by a net that never saw it: the images are dealt into folds, and each fold is judged by
 * a net that was trained on the others.
 * @returns `[count, classes]`, flat; null when the signal aborted
 */
export async function outOfFold(all: Split, settings: FoldSettings): Promise<Float32Array | null> {
  const { config, classes, folds, onStep, signal } = settings;
  const random = createRandom(config.seed);
  const order = random.shuffle(Uint32Array.from({ length: all.count }, (_, i) => i));
  const probabilities = new Float32Array(all.count * classes);
  for (let fold = 0; fold < folds; fold++) {
    const mine = order.filter((_, i) => i % folds === fold);
    const held = take(all, mine);
    const model = findArchitecture(config.model).build({
      classes,
      nextSeed: () => random.whole(2 ** 32),
      greyLevels: config.greyLevels,
      dropout: config.dropout,
      random,
    });
    try {
      const training = {
        config,
        model,
        train: take(
          all,
          order.filter((_, i) => i % folds !== fold),
        ),
        // Nothing is chosen by it; a small one costs no time.
        validation: take(all, mine.subarray(0, 100)),
        random,
        onStep: (report: StepReport) => onStep?.(fold + 1, report),
      };
      for await (const _ of trainEpochs(signal === undefined ? training : { ...training, signal }));
      if (signal?.aborted) return null;
      const logits = await predict(model, held.images);
      mine.forEach((index, i) => {
        probabilities.set(softmax(logits.subarray(i * classes, (i + 1) * classes)), index * classes);
      });
    } finally {
      model.dispose();
    }
  }
  return probabilities;
}

function take(all: Split, indices: Uint32Array): Split {
  const images = new Uint8Array(indices.length * PIXELS);
  indices.forEach((from, to) => {
    images.set(all.images.subarray(from * PIXELS, (from + 1) * PIXELS), to * PIXELS);
  });
  return { count: indices.length, images, labels: Uint8Array.from(indices, (index) => all.labels[index]!) };
}
