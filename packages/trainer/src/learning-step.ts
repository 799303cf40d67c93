import { SIDE } from '@mnist-edge/recognizer';
import * as tf from '@tensorflow/tfjs';
import type { Batch } from './batches/draw-batches.ts';
import { climb, hold } from './climb.ts';
import type { TrainConfig } from './config.ts';
import { DISTILLATION_TEMPERATURE, type Teacher } from './distillation.ts';
import { drawMasks, giveMasks } from './dropout.ts';
import { batchLoss, targets } from './loss.ts';
import type { Optimizer } from './optimizer.ts';
import { Recorded } from './recorded.ts';

/** What a step of gradient descent learns with. */
export interface Learner {
  readonly config: Pick<TrainConfig, 'loss' | 'labelSmoothing' | 'sharpness'>;
  readonly model: tf.LayersModel;
  /** Whose answers are learned, where that is given: not the labels. */
  readonly teacher?: Teacher;
}

/** Steps of gradient descent. */
export class LearningStep {
  private readonly learner: Learner;
  private readonly optimizer: Optimizer;
  private readonly classes: number;
  private readonly variables: readonly tf.Variable[];
  /** The variables, running statistics and what is frozen. */
  private readonly weights: readonly tf.Variable[];
  private readonly gradients: Recorded;

  /** @param variables that are learned; those of the optimizer */
  constructor(learner: Learner, optimizer: Optimizer, variables: readonly tf.Variable[]) {
    this.learner = learner;
    this.optimizer = optimizer;
    this.variables = variables;
    const { model } = learner;
    this.classes = model.outputShape[1] as number;
    this.weights = model.weights.map((weight) => weight.read() as tf.Variable);
    this.gradients = new Recorded((inputs) => descend(learner, variables, inputs as Inputs), this.weights);
  }

  /** Makes a step; the sums of the loss and of the right answers over the batch, `[2]`, on the device. */
  run(batch: Batch, learningRate: number): tf.Tensor1D {
    const { learner, classes } = this;
    const size = batch.labels.length;
    const images = tf.tensor4d(batch.images, [size, SIDE, SIDE, 1]);
    const labels = tf.tensor1d(batch.labels, 'int32');
    const target =
      learner.teacher?.answer(images, labels) ??
      tf.tensor2d(targets(batch.labels, classes, learner.config.labelSmoothing), [size, classes]);
    const inputs = [images, labels, target, ...drawMasks(learner.model, size)];
    const [sums, ...here] = this.gradients.run(inputs);
    const gradients = learner.config.sharpness > 0 ? this.above(inputs, here) : here;
    this.optimizer.apply(gradients, learningRate);
    tf.dispose([...inputs, ...gradients]);
    return sums as tf.Tensor1D;
  }

  /**
   * The gradients of the same batch from where those that it was given lead up to; these are disposed of. Only they come of
   * it: a running statistic that saw the weights up there would be of a net that nobody keeps.
   */
  private above(inputs: readonly tf.Tensor[], here: readonly tf.Tensor[]): tf.Tensor[] {
    const back = hold(this.weights);
    climb(this.variables, here, this.learner.config.sharpness);
    const [sums, ...gradients] = this.gradients.run(inputs);
    back();
    tf.dispose([sums!, ...here]);
    return gradients;
  }

  dispose(): void {
    this.gradients.dispose();
  }
}

type Inputs = [images: tf.Tensor4D, labels: tf.Tensor1D, target: tf.Tensor2D, ...masks: tf.Tensor[]];

/** The sums of the loss and of the right answers, `[2]`, and the gradient of each variable. */
function descend(
  { config, model, teacher }: Learner,
  variables: readonly tf.Variable[],
  [images, labels, target, ...masks]: Inputs,
): tf.Tensor[] {
  let right: tf.Tensor | undefined;
  const { value, grads } = tf.variableGrads(() => {
    giveMasks(model, masks);
    const logits = model.apply(images, { training: true }) as tf.Tensor2D;
    right = tf.keep(logits.argMax(1).equal(labels).sum());
    if (teacher === undefined) return batchLoss(config.loss, target, logits);
    // The square keeps the gradient as long as it is without the division.
    const soft = logits.div<tf.Tensor2D>(DISTILLATION_TEMPERATURE);
    return batchLoss(config.loss, target, soft).mul<tf.Scalar>(DISTILLATION_TEMPERATURE ** 2);
  }, [...variables]);
  const sums = tf.stack([value.mul(images.shape[0]), right!.toFloat()]);
  right!.dispose();
  return [sums, ...variables.map((variable) => grads[variable.name]!)];
}
