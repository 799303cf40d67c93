import { softmax } from '@mnist-edge/recognizer';

/** What is added to the net's last layer: `logits + weights · features + bias`. */
export interface Tuning {
  /** `[labels, features]`, flat. */
  readonly weights: Float32Array;
  /** `[labels]`. */
  readonly bias: Float32Array;
}

/** What the net made of the images that a person corrected. */
export interface Examples {
  /** `[examples, features]`, flat: what the last layer is given. */
  readonly features: Float32Array;
  /** `[examples, labels]`, flat: what it makes of them. */
  readonly logits: Float32Array;
  /** The right label's index for each. */
  readonly labels: readonly number[];
}

/** How much a change of the last layer costs beside a wrong answer; chosen on MNIST's validation digits, distorted. */
const STIFFNESS = 3;
const STEPS = 300;

/**
 * Fits a change of the last layer to a person's corrections: softmax regression on the features, starting from the layer
 * as it is, with a price on every change, so that what the net knew stays. Plain gradient descent.
 *
 * Every step adds multiples of the examples' features to the weights, so it is enough to keep count of the multiples
 * (the dual form): a step takes products of examples with each other, worked out once, and not the thousand features.
 */
export function tune({ features, logits, labels }: Examples, stiffness = STIFFNESS, steps = STEPS): Tuning {
  const count = labels.length;
  const width = features.length / count;
  const classes = logits.length / count;
  const products = productsOf(features, count);
  // The mean loss curves no more than half the largest product: with this rate a step always goes down.
  const rate = 1 / (products.reduce((a, b) => Math.max(a, b), 0) / 2 + stiffness);
  const multiples = new Float64Array(count * classes);
  for (let step = 0; step < steps; step++) {
    const before = multiples.slice();
    for (let i = 0; i < count; i++) {
      const tuned = Array.from(logits.subarray(i * classes, (i + 1) * classes));
      for (let j = 0; j < count; j++) {
        const product = products[i * count + j]!;
        for (let k = 0; k < classes; k++) tuned[k]! += product * before[j * classes + k]!;
      }
      softmax(tuned).forEach((probability, k) => {
        const error = (probability - (labels[i] === k ? 1 : 0)) / count;
        multiples[i * classes + k]! -= rate * (error + stiffness * before[i * classes + k]!);
      });
    }
  }
  const weights = new Float32Array(classes * width);
  const bias = new Float32Array(classes);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < classes; k++) {
      const multiple = multiples[i * classes + k]!;
      bias[k]! += multiple;
      for (let j = 0; j < width; j++) weights[k * width + j]! += multiple * features[i * width + j]!;
    }
  }
  return { weights, bias };
}

/** The tuned layer's logits of one image, in the place of the untuned. */
export function applyTuning({ weights, bias }: Tuning, logits: Float32Array, features: Float32Array): void {
  const width = features.length;
  for (let k = 0; k < logits.length; k++) {
    let sum = logits[k]! + bias[k]!;
    for (let j = 0; j < width; j++) sum += weights[k * width + j]! * features[j]!;
    logits[k] = sum;
  }
}

/** `[examples, examples]`: each two's features multiplied and summed, with a 1 for the bias. */
function productsOf(features: Float32Array, count: number): Float64Array {
  const width = features.length / count;
  const products = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 1;
      for (let at = 0; at < width; at++) sum += features[i * width + at]! * features[j * width + at]!;
      products[i * count + j] = products[j * count + i] = sum;
    }
  }
  return products;
}
