import type { Random, Split } from '@mnist-edge/data';
import { PIXELS, SIDE, toTensor } from '@mnist-edge/recognizer';
import * as tf from '@tensorflow/tfjs';
import { openBatches } from './batches/open-batches.ts';
import type { TrainConfig } from './config.ts';
import type { Teacher } from './distillation.ts';
import { dropoutDraws } from './dropout.ts';
import { freeze } from './fine-tune/freeze.ts';
import { LearningStep } from './learning-step.ts';
import { MovingAverage } from './moving-average.ts';
import { canRecord } from './native-graph.ts';
import { Optimizer, type OptimizerState } from './optimizer.ts';
import { describeOutOfMemory } from './out-of-memory.ts';
import { NO_CLASS, outliersPerEpoch } from './outliers.ts';
import { learningRate } from './schedule.ts';
import { type Score, score } from './score.ts';
import { readOut, readWeights, writeWeights } from './weights.ts';

/** Steps between two looks at the loss: reading it waits for the device. */
const STEPS_PER_LOOK = 20;
/** Images a forward pass when nothing is learned. */
const EVALUATION_BATCH = 500;

export interface StepReport {
  /** 1-based. */
  readonly epoch: number;
  /** Steps done, of this epoch's. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Means over this epoch so far, with dropout and augmentation on. */
  readonly loss: number;
  readonly accuracy: number;
  /** Over this epoch so far. */
  readonly imagesPerSecond: number;
  /** Until the run's last step, at the speed of this epoch so far; validation not counted. */
  readonly secondsLeft: number;
}

export interface EpochReport {
  readonly epoch: number;
  readonly train: Score;
  readonly validation: Score;
  /** Of the training alone, without the validation pass. */
  readonly seconds: number;
  readonly imagesPerSecond: number;
  /** At the epoch's last step. */
  readonly learningRate: number;
}

/** All that the rest of a run depends on, after an epoch: from it, training goes on as if it had never stopped. */
export interface TrainingState {
  /** Epochs completed. */
  readonly epoch: number;
  /** State of the run's random numbers. */
  readonly random: readonly number[];
  /** Flat, as `readWeights` gives them. */
  readonly weights: Float32Array;
  readonly optimizer: OptimizerState;
  /** The moving average of the weights, where the config asks for one. */
  readonly average: Float32Array | null;
}

export interface EpochEnd {
  readonly report: EpochReport;
  readonly state: TrainingState;
  /** The weights that the validation score is of: the moving average where there is one. */
  readonly weights: Float32Array;
}

export interface Training {
  readonly config: TrainConfig;
  readonly model: tf.LayersModel;
  readonly train: Split;
  readonly validation: Split;
  /** Shuffles, augments; shared with the model's dropout. In the state of `from`, where that is given. */
  readonly random: Random;
  /** Whose answers are learned, where that is given: not the labels. */
  readonly teacher?: Teacher;
  /** Where an earlier run stopped. */
  readonly from?: TrainingState;
  readonly onStep?: (report: StepReport) => void;
  /** When it aborts, training ends after the step that is running, without a report of the unfinished epoch. */
  readonly signal?: AbortSignal;
}

/** Trains the model in place, yielding after each epoch. */
export async function* trainEpochs(training: Training): AsyncGenerator<EpochEnd, void, undefined> {
  const { config, model, train, random, from, signal } = training;
  const outliers = outliersPerEpoch(config.outliers, train.count, model.outputShape[1] as number);
  const images = train.count + outliers;
  const stepsPerEpoch = Math.ceil(images / config.batchSize);
  const steps = stepsPerEpoch * config.epochs;
  const done = from?.epoch ?? 0;
  if (from !== undefined) writeWeights(model, from.weights);
  const variables = freeze(model, config.freeze ?? 0);
  const optimizer = new Optimizer(config, variables, from?.optimizer);
  const learning = new LearningStep(training, optimizer, variables);
  const average =
    config.ema > 0 ? new MovingAverage(config.ema, model, done * stepsPerEpoch, from?.average ?? undefined) : undefined;
  const { batchSize, augment, epochs } = config;
  const plan = { batchSize, augment, outliers, epochs: epochs - done };
  // On the processor, TensorFlow is through with a batch when its step is made.
  const batches = openBatches(train, plan, random, dropoutDraws(model), canRecord());
  try {
    for (let epoch = done + 1; epoch <= config.epochs; epoch++) {
      const tally = new Tally();
      const started = performance.now();
      let rate = config.learningRate;
      try {
        for (let i = 0; i < stepsPerEpoch; i++) {
          if (signal?.aborted) return;
          const step = (epoch - 1) * stepsPerEpoch + i;
          rate = learningRate(config, step, steps);
          const batch = await batches.next();
          tally.add(learning.run(batch, rate), batch.labels);
          average?.update(model);
          if ((i + 1) % STEPS_PER_LOOK === 0) {
            const seconds = (performance.now() - started) / 1000;
            training.onStep?.({
              epoch,
              step: i + 1,
              stepsPerEpoch,
              ...(await tally.read()),
              imagesPerSecond: tally.images / seconds,
              secondsLeft: (seconds / (i + 1)) * (steps - step - 1),
            });
            // Lets a signal or a timer be heard between two steps.
            await tf.nextFrame();
          }
        }
        const result = await tally.read();
        const seconds = (performance.now() - started) / 1000;
        yield await endEpoch(training, optimizer, average, {
          epoch,
          train: { images, ...result },
          seconds,
          imagesPerSecond: images / seconds,
          learningRate: rate,
        });
      } catch (error) {
        throw describeOutOfMemory(error, config.batchSize, epoch > 1);
      } finally {
        tally.dispose();
      }
    }
  } finally {
    await batches.close();
    learning.dispose();
    optimizer.dispose();
    average?.dispose();
  }
}

/** Validates, with the averaged weights where there are such, and takes down the state. */
async function endEpoch(
  { model, validation, random }: Training,
  optimizer: Optimizer,
  average: MovingAverage | undefined,
  report: Omit<EpochReport, 'validation'>,
): Promise<EpochEnd> {
  const weights = await readWeights(model);
  const averaged = (await average?.read()) ?? null;
  if (averaged !== null) writeWeights(model, averaged);
  const score = await evaluate(model, validation);
  if (averaged !== null) writeWeights(model, weights);
  return {
    report: { ...report, validation: score },
    state: {
      epoch: report.epoch,
      random: random.state(),
      weights,
      optimizer: await optimizer.state(),
      average: averaged,
    },
    weights: averaged ?? weights,
  };
}

/** Logits `[count, classes]`, flat, as the model gives them when nothing is learned. */
export async function predict(model: tf.LayersModel, images: Uint8Array): Promise<Float32Array> {
  const count = images.length / PIXELS;
  const classes = model.outputShape[1] as number;
  const logits = new Float32Array(count * classes);
  for (let first = 0; first < count; first += EVALUATION_BATCH) {
    const last = Math.min(count, first + EVALUATION_BATCH);
    const batch = tf.tidy(() => {
      const input = tf.tensor4d(toTensor(images.subarray(first * PIXELS, last * PIXELS)), [
        last - first,
        SIDE,
        SIDE,
        1,
      ]);
      return model.predictOnBatch(input) as tf.Tensor;
    });
    logits.set(await readOut(batch), first * classes);
  }
  return logits;
}

/** How well the model does on a split. */
export async function evaluate(model: tf.LayersModel, split: Split): Promise<Score> {
  return score(await predict(model, split.images), split.labels);
}

/** Loss and right answers of an epoch so far, summed on the device. */
class Tally {
  images = 0;
  /** Those of them that belong to a class: no answer is right for the others. */
  private classed = 0;
  private sums: tf.Tensor1D = tf.zeros([2]);

  add(batch: tf.Tensor1D, labels: Int32Array): void {
    const sums = this.sums.add<tf.Tensor1D>(batch);
    this.sums.dispose();
    batch.dispose();
    this.sums = sums;
    this.images += labels.length;
    for (const label of labels) if (label !== NO_CLASS) this.classed++;
  }

  async read(): Promise<{ loss: number; accuracy: number }> {
    const [loss, right] = await this.sums.data<'float32'>();
    return { loss: loss! / this.images, accuracy: right! / this.classed };
  }

  dispose(): void {
    this.sums.dispose();
  }
}
