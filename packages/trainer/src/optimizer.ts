import * as tf from '@tensorflow/tfjs';
import type { TrainConfig } from './config.ts';
import { flatten, type Layout, layoutOf, unflatten } from './weights.ts';

/** Decay of the running mean of the gradients: Adam's β₁ and SGD's momentum. */
const MOMENTUM = 0.9;
/** Decay of the running mean of the squared gradients: Adam's β₂. */
const SQUARES = 0.999;
/** Keras's, which keeps Adam's step finite where the gradient is 0. */
const EPSILON = 1e-7;
/** PyTorch's default for AdamW, relative to the learning rate. */
const WEIGHT_DECAY = 0.01;

/** What an optimizer remembers between steps. */
export interface OptimizerState {
  /** Steps made. */
  readonly step: number;
  /** Adam: running means of the gradients and of their squares; SGD: the velocity. Flat, over all variables. */
  readonly slots: readonly Float32Array[];
}

/**
 * Adam (Kingma & Ba 2015), AdamW (Loshchilov & Hutter 2019; decay on kernels alone) or SGD with momentum, on all
 * variables at once: they are joined to one vector, so that a step is a dozen kernels instead of a dozen a variable.
 */
export class Optimizer {
  private readonly kind: TrainConfig['optimizer'];
  private readonly clipNorm: number;
  private readonly variables: readonly tf.Variable[];
  private readonly layout: Layout;
  /** 1 where a weight belongs to a kernel, 0 for biases and the like. */
  private readonly kernels: tf.Tensor1D;
  private step: number;
  private slots: tf.Tensor1D[];

  constructor(
    config: Pick<TrainConfig, 'optimizer' | 'clipNorm'>,
    variables: readonly tf.Variable[],
    from?: OptimizerState,
  ) {
    this.kind = config.optimizer;
    this.clipNorm = config.clipNorm;
    this.variables = variables;
    this.layout = layoutOf(variables);
    this.kernels = tf.tidy(() =>
      flatten(variables.map((variable) => tf.fill(variable.shape, variable.rank > 1 ? 1 : 0))),
    );
    this.step = from?.step ?? 0;
    const { size } = this.kernels;
    const slots = from?.slots ?? Array.from({ length: this.kind === 'sgd' ? 1 : 2 }, () => new Float32Array(size));
    this.slots = slots.map((slot) => tf.tensor1d(slot));
  }

  /** Makes one step down the gradient of `loss`, whose value it returns. */
  minimize(loss: () => tf.Scalar, learningRate: number): tf.Scalar {
    this.step++;
    const { value, slots } = tf.tidy(() => {
      const { value, grads } = tf.variableGrads(loss, [...this.variables]);
      const gradient = this.clip(flatten(this.variables.map((variable) => grads[variable.name]!)));
      const weights = flatten(this.variables);
      const { change, slots } = this.kind === 'sgd' ? this.momentum(gradient) : this.adam(gradient);
      const decayed = this.kind === 'adamw' ? change.add(weights.mul(this.kernels).mul(WEIGHT_DECAY)) : change;
      const next = weights.sub<tf.Tensor1D>(decayed.mul(learningRate));
      unflatten(next, this.layout).forEach((part, i) => {
        this.variables[i]!.assign(part);
      });
      return { value, slots };
    });
    tf.dispose(this.slots);
    this.slots = slots;
    return value;
  }

  /** Scales a gradient that is longer than the limit down to it (Pascanu et al. 2013). */
  private clip(gradient: tf.Tensor1D): tf.Tensor1D {
    if (this.clipNorm === 0) return gradient;
    const norm = gradient.square().sum().sqrt();
    return gradient.mul(tf.minimum(1, tf.scalar(this.clipNorm).div(norm.add(EPSILON))));
  }

  private momentum(gradient: tf.Tensor1D): { change: tf.Tensor1D; slots: tf.Tensor1D[] } {
    const velocity = this.slots[0]!.mul(MOMENTUM).add<tf.Tensor1D>(gradient);
    return { change: velocity, slots: [velocity] };
  }

  private adam(gradient: tf.Tensor1D): { change: tf.Tensor1D; slots: tf.Tensor1D[] } {
    const mean = this.slots[0]!.mul(MOMENTUM).add<tf.Tensor1D>(gradient.mul(1 - MOMENTUM));
    const squares = this.slots[1]!.mul(SQUARES).add<tf.Tensor1D>(gradient.square().mul(1 - SQUARES));
    // Both means begin at 0; these factors undo that.
    const unbiasedMean = mean.div(1 - MOMENTUM ** this.step);
    const unbiasedSquares = squares.div(1 - SQUARES ** this.step);
    return { change: unbiasedMean.div(unbiasedSquares.sqrt().add(EPSILON)), slots: [mean, squares] };
  }

  state(): OptimizerState {
    return { step: this.step, slots: this.slots.map((slot) => slot.dataSync<'float32'>().slice()) };
  }

  dispose(): void {
    tf.dispose([...this.slots, this.kernels]);
  }
}
