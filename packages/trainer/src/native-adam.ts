import * as tf from '@tensorflow/tfjs';
import { attribute, floats, native } from './native-backend.ts';

/** By this name TensorFlow knows a variable that has none, and that goes when its last user does. */
const ANONYMOUS = 'cd2c89b7-88b7-44c8-ad83-06c2a9158347';

/** How far a step goes. */
export interface AdamStep {
  readonly learningRate: number;
  readonly momentum: number;
  readonly squares: number;
  readonly epsilon: number;
  /** Steps made, this one counted. */
  readonly step: number;
}

/** The numbers of a step, which all variables share, as the kernel takes them; the caller disposes of them. */
export function adamNumbers({ learningRate, momentum, squares, epsilon, step }: AdamStep): readonly tf.Scalar[] {
  return [momentum ** step, squares ** step, learningRate, momentum, squares, epsilon].map((x) => tf.scalar(x));
}

/**
 * A variable's Adam step as one kernel of TensorFlow, in place, where tfjs takes a dozen, each a pass through memory. The
 * weights, the mean of the gradients and that of their squares are TensorFlow's own variables.
 */
export class NativeAdam {
  private readonly variable: tf.Variable;
  private readonly weights: tf.Tensor;
  private readonly slots: readonly [tf.Tensor, tf.Tensor];
  /** What was put into the variable last; another one was put there from outside. */
  private given: object | undefined;

  constructor(variable: tf.Variable, mean: tf.Tensor, squares: tf.Tensor) {
    this.variable = variable;
    this.weights = hold(variable);
    this.slots = [hold(mean), hold(squares)];
    this.given = variable.dataId;
  }

  /** @param numbers of `adamNumbers` */
  apply(gradient: tf.Tensor, numbers: readonly tf.Scalar[]): void {
    if (this.variable.dataId !== this.given) assign(this.weights, this.variable);
    const inputs = native().getInputTensorIds([this.weights, ...this.slots, ...numbers, gradient]);
    const attributes = [
      ...floats('T'),
      attribute('TF_ATTR_BOOL', 'use_locking', false),
      attribute('TF_ATTR_BOOL', 'use_nesterov', false),
    ];
    const data = native().tensorMap.get(this.variable.dataId);
    if (data.refCount === 1) {
      // What nobody reads, TensorFlow changes in its place; else it would make a copy first.
      native().binding.deleteTensor(data.id);
      try {
        native().binding.executeOp('ResourceApplyAdam', attributes, inputs, 0);
      } finally {
        const resource = native().getInputTensorIds([this.weights]);
        data.id = native().binding.executeOp('ReadVariableOp', floats('dtype'), resource, 1)[0]!.id;
      }
    } else {
      native().binding.executeOp('ResourceApplyAdam', attributes, inputs, 0);
      const moved = read(this.weights);
      this.variable.assign(moved);
      moved.dispose();
    }
    this.given = this.variable.dataId;
  }

  /** The two means, in the variable's shape; the caller disposes of them. */
  state(): [tf.Tensor, tf.Tensor] {
    return [read(this.slots[0]), read(this.slots[1])];
  }

  dispose(): void {
    tf.dispose([this.weights, ...this.slots]);
  }
}

/** A variable of TensorFlow's with the value of a tensor. */
function hold(value: tf.Tensor): tf.Tensor {
  const attributes = [
    attribute('TF_ATTR_TYPE', 'dtype', native().binding.TF_FLOAT),
    attribute('TF_ATTR_SHAPE', 'shape', value.shape),
    attribute('TF_ATTR_STRING', 'container', ''),
    attribute('TF_ATTR_STRING', 'shared_name', ANONYMOUS),
  ];
  const resource = tf.keep(native().executeSingleOutput('VarHandleOp', attributes, []));
  assign(resource, value);
  return resource;
}

function assign(resource: tf.Tensor, value: tf.Tensor): void {
  native().binding.executeOp('AssignVariableOp', floats('dtype'), native().getInputTensorIds([resource, value]), 0);
}

function read(resource: tf.Tensor): tf.Tensor {
  return native().executeSingleOutput('ReadVariableOp', floats('dtype'), [resource]);
}
