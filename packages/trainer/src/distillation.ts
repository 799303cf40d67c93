import { isDeepStrictEqual } from 'node:util';
import { Problem } from '@mnist-edge/recognizer';
import * as tf from '@tensorflow/tfjs';
import type { TrainConfig } from './config.ts';
import { findSource, type Source } from './fine-tune/source.ts';
import { NO_CLASS } from './outliers.ts';

/**
 * Divides the logits of teacher and student before they are compared, so that the small probabilities, which say what else
 * an image looks like, count too (Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015).
 */
export const DISTILLATION_TEMPERATURE = 2;

/** Trained nets that another learns from. */
export interface Teacher {
  /**
   * What they take the images for, on average.
   * @param images `[batch, 28, 28, 1]`, the very ones that the student sees (Beyer et al., "Knowledge distillation: A good
   *   teacher is patient and consistent", CVPR 2022)
   * @param labels `[batch]`; an image of no class is equally likely to be any, whatever the teachers say
   * @returns probabilities at `DISTILLATION_TEMPERATURE`, `[batch, classes]`
   */
  answer(images: tf.Tensor4D, labels: tf.Tensor1D): tf.Tensor2D;
  dispose(): void;
}

/**
 * Opens the nets that a config names as teachers.
 * @param labels names of the dataset's classes
 * @returns none where the config names none; the config with the SHA-256 of their weights
 * @throws {Problem} when one cannot be read, tells other classes apart, or is not the one that the config means
 */
export async function openTeacher(
  config: TrainConfig,
  labels: readonly string[],
): Promise<{ teacher?: Teacher; config: TrainConfig }> {
  if (config.teacher === undefined) return { config };
  const sources: Source[] = [];
  for (const name of config.teacher.split(',')) sources.push(await findSource(name, '--teacher'));
  for (const source of sources) checkLabels(source, labels);
  const sha256 = sources.map((source) => source.sha256).join();
  if (config.teacherSha256 !== undefined && config.teacherSha256 !== sha256) {
    throw new Problem(
      `${config.teacher} does not hold the weights that the config names as its teacher: expected SHA-256 ` +
        `${config.teacherSha256}, found ${sha256}. Put the old weights back, or train a new run with --teacher.`,
    );
  }
  const models: tf.LayersModel[] = [];
  for (const source of sources) models.push(await source.openModel());
  return { teacher: among(models), config: { ...config, teacherSha256: sha256 } };
}

function checkLabels(source: Source, labels: readonly string[]): void {
  if (isDeepStrictEqual(source.labels, labels)) return;
  throw new Problem(
    `--teacher ${source.name} tells ${source.labels.join(', ')} apart, and the dataset has ${labels.join(', ')}: a teacher ` +
      'must know the very same classes, in the same order.',
  );
}

function among(models: readonly tf.LayersModel[]): Teacher {
  return {
    answer: (images, labels) =>
      tf.tidy(() => {
        const answers = models.map((model) =>
          tf.softmax((model.apply(images, { training: false }) as tf.Tensor2D).div(DISTILLATION_TEMPERATURE)),
        );
        const mean = tf.addN(answers).div<tf.Tensor2D>(models.length);
        const classes = mean.shape[1];
        const none = labels.equal(NO_CLASS).expandDims<tf.Tensor2D>(1);
        return tf.where(none, tf.fill([1, classes], 1 / classes), mean) as tf.Tensor2D;
      }),
    dispose: () => {
      for (const model of models) model.dispose();
    },
  };
}
