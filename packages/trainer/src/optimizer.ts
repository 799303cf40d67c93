import * as tf from '@tensorflow/tfjs';
import type { TrainConfig } from './config.ts';
import { adamNumbers, NativeAdam } from './native-adam.ts';
import { nativeKernels } from './native-backend.ts';
import { flatten, type Layout, layoutOf, readOut, unflatten } from './weights.ts';

/** Decay of the running mean of the gradients: Adam's β₁ and SGD's momentum. */
const MOMENTUM = 0.9;
/** Decay of the running mean of the squared gradients: Adam's β₂. */
const SQUARES = 0.999;
/** Keras's, which keeps Adam's step finite where the gradient is 0. */
const EPSILON = 1e-7;
/** PyTorch's defaults: relative to the learning rate for AdamW, added to the gradient for SGD. */
const WEIGHT_DECAY = { adam: 0, adamw: 0.01, sgd: 0 };

type OptimizerConfig = Pick<TrainConfig, 'optimizer' | 'clipNorm' | 'weightDecay'>;

/** What an optimizer remembers between steps. */
export interface OptimizerState {
  /** Steps made. */
  readonly step: number;
  /** Adam: running means of the gradients and of their squares; SGD: the velocity. Flat, over all variables. */
  readonly slots: readonly Float32Array[];
}

/**
 * Adam (Kingma & Ba 2015, in the form of its section 2 that Keras has too), AdamW (Loshchilov & Hutter 2019) or SGD with
 * momentum; decay is of kernels alone.
 */
export class Optimizer {
  private readonly config: OptimizerConfig;
  private readonly variables: readonly tf.Variable[];
  private readonly layout: Layout;
  private readonly rule: Rule;
  private step: number;

  constructor(config: OptimizerConfig, variables: readonly tf.Variable[], from?: OptimizerState) {
    this.config = config;
    this.variables = variables;
    this.layout = layoutOf(variables);
    this.step = from?.step ?? 0;
    const size = this.layout.sizes.reduce((sum, each) => sum + each, 0);
    const count = config.optimizer === 'sgd' ? 1 : 2;
    const slots = from?.slots ?? Array.from({ length: count }, () => new Float32Array(size));
    if (config.optimizer === 'sgd') this.rule = new Momentum(variables, this.layout, slots);
    else if (nativeKernels()) this.rule = new FusedAdam(variables, this.layout, slots);
    else this.rule = new ComposedAdam(variables, this.layout, slots);
  }

  /** Makes one step down the gradients, which are in the order of the variables. */
  apply(gradients: readonly tf.Tensor[], learningRate: number): void {
    this.step++;
    tf.tidy(() => {
      const clipped = this.clip(gradients);
      this.rule.apply(this.decayed(clipped, learningRate), learningRate, this.step);
    });
  }

  /** Scales a gradient that is longer than the limit down to it (Pascanu et al. 2013). */
  private clip(gradients: readonly tf.Tensor[]): readonly tf.Tensor[] {
    const { clipNorm } = this.config;
    if (clipNorm === 0) return gradients;
    const norm = tf.addN(gradients.map((gradient) => gradient.square().sum())).sqrt();
    const factor = tf.minimum(1, tf.scalar(clipNorm).div(norm.add(EPSILON)));
    return gradients.map((gradient) => gradient.mul(factor));
  }

  /** Draws the weights of kernels, not biases and the like, towards 0: SGD by what it gives back, AdamW by itself. */
  private decayed(gradients: readonly tf.Tensor[], learningRate: number): readonly tf.Tensor[] {
    const { optimizer, weightDecay: decay = WEIGHT_DECAY[optimizer] } = this.config;
    if (decay === 0) return gradients;
    if (optimizer === 'sgd') {
      return gradients.map((gradient, i) => {
        const variable = this.variables[i]!;
        return variable.rank > 1 ? gradient.add(variable.mul(decay)) : gradient;
      });
    }
    for (const variable of this.variables) {
      if (variable.rank > 1) variable.assign(variable.mul(1 - learningRate * decay));
    }
    return gradients;
  }

  async state(): Promise<OptimizerState> {
    const { step } = this;
    const slots = tf.tidy(() => this.rule.slots().map((slot) => slot.clone()));
    return { step, slots: await Promise.all(slots.map(readOut)) };
  }

  dispose(): void {
    this.rule.dispose();
  }
}

/** How a gradient moves the weights, and what is remembered for it. */
interface Rule {
  apply(gradients: readonly tf.Tensor[], learningRate: number, step: number): void;
  /** Flat, over all variables. */
  slots(): tf.Tensor1D[];
  dispose(): void;
}

/** On all variables at once: they are joined to one vector, so that a step is a few kernels instead of a few a variable. */
abstract class Joined implements Rule {
  private readonly variables: readonly tf.Variable[];
  private readonly layout: Layout;
  protected kept: tf.Tensor1D[];

  constructor(variables: readonly tf.Variable[], layout: Layout, slots: readonly Float32Array[]) {
    this.variables = variables;
    this.layout = layout;
    this.kept = slots.map((slot) => tf.tensor1d(slot));
  }

  apply(gradients: readonly tf.Tensor[], learningRate: number, step: number): void {
    const { change, slots } = this.change(flatten(gradients), learningRate, step);
    const next = flatten(this.variables).sub<tf.Tensor1D>(change);
    unflatten(next, this.layout).forEach((part, i) => {
      this.variables[i]!.assign(part);
    });
    tf.dispose(this.kept);
    this.kept = slots.map((slot) => tf.keep(slot));
  }

  protected abstract change(gradient: tf.Tensor1D, learningRate: number, step: number): Change;

  slots(): tf.Tensor1D[] {
    return this.kept;
  }

  dispose(): void {
    tf.dispose(this.kept);
  }
}

interface Change {
  readonly change: tf.Tensor1D;
  readonly slots: tf.Tensor1D[];
}

class Momentum extends Joined {
  protected change(gradient: tf.Tensor1D, learningRate: number): Change {
    const velocity = this.kept[0]!.mul(MOMENTUM).add<tf.Tensor1D>(gradient);
    return { change: velocity.mul(learningRate), slots: [velocity] };
  }
}

class ComposedAdam extends Joined {
  protected change(gradient: tf.Tensor1D, learningRate: number, step: number): Change {
    const mean = this.kept[0]!.mul(MOMENTUM).add<tf.Tensor1D>(gradient.mul(1 - MOMENTUM));
    const squares = this.kept[1]!.mul(SQUARES).add<tf.Tensor1D>(gradient.square().mul(1 - SQUARES));
    // Both means begin at 0; this undoes that.
    const rate = (learningRate * Math.sqrt(1 - SQUARES ** step)) / (1 - MOMENTUM ** step);
    return { change: mean.mul(rate).div(squares.sqrt().add(EPSILON)), slots: [mean, squares] };
  }
}

/** Each variable by itself, by TensorFlow's own kernel. */
class FusedAdam implements Rule {
  private readonly parts: readonly NativeAdam[];

  constructor(variables: readonly tf.Variable[], layout: Layout, slots: readonly Float32Array[]) {
    const [means, squares] = slots.map((slot) => tf.tidy(() => unflatten(tf.tensor1d(slot), layout)));
    this.parts = variables.map((variable, i) => new NativeAdam(variable, means![i]!, squares![i]!));
    tf.dispose([means!, squares!]);
  }

  apply(gradients: readonly tf.Tensor[], learningRate: number, step: number): void {
    const numbers = adamNumbers({ learningRate, momentum: MOMENTUM, squares: SQUARES, epsilon: EPSILON, step });
    this.parts.forEach((part, i) => {
      part.apply(gradients[i]!, numbers);
    });
    tf.dispose([...numbers]);
  }

  slots(): tf.Tensor1D[] {
    const states = this.parts.map((part) => part.state());
    return [0, 1].map((slot) => flatten(states.map((state) => state[slot]!)));
  }

  dispose(): void {
    for (const part of this.parts) part.dispose();
  }
}
