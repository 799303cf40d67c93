import { softmax } from '@mnist-edge/recognizer';

/** What is added to a net's logits: for each corrected image as much as another is like it. */
export interface Tuning {
  /** `[examples, features]`, flat, each of length 1. */
  readonly directions: Float32Array;
  /** `[examples, labels]`, flat. */
  readonly multiples: Float32Array;
}

/** What the net made of the images that a person corrected. */
export interface Examples {
  /** `[examples, features]`, flat: what the last layer is given, or what it is given the means of. */
  readonly features: Float32Array;
  /** `[examples, labels]`, flat: what it makes of them. */
  readonly logits: Float32Array;
  /** The right label's index for each. */
  readonly labels: readonly number[];
}

/**
 * How much a change costs beside a wrong answer. Chosen on MNIST's validation digits, slanted either way, turned and flattened,
 * with the power in `likeness`: of 5 powers and 5 prices these gain most on the rest of those hands.
 */
const STIFFNESS = 0.4;
/** 2 moves images too that have little to do with the example, 8 few others. */
const POWER = 4;
const STEPS = 300;

/**
 * Fits a change of the logits to a person's corrections: kernel logistic regression on what the last layer is given, starting from
 * the net as it is, with a price on every change, so that what it knew stays. Plain gradient descent in the dual form: it
 * counts multiples of the examples, and is blind to how large a net's features are.
 */
export function tune({ features, logits, labels }: Examples, stiffness = STIFFNESS, steps = STEPS): Tuning {
  const count = labels.length;
  const width = features.length / count;
  const classes = logits.length / count;
  const directions = new Float32Array(features.length);
  for (let i = 0; i < count; i++) {
    directions.set(direction(features.subarray(i * width, (i + 1) * width)), i * width);
  }
  const likenesses = Array.from({ length: count }, (_, i) =>
    likeness(directions, directions.subarray(i * width, (i + 1) * width)),
  );
  // Softmax curves by no more than a half, a matrix by no more than its largest row: with this rate a step always goes down.
  const largest = Math.max(...likenesses.map((row) => row.reduce((a, b) => a + b, 0)));
  const rate = 1 / (largest / 2 + stiffness);
  const multiples = new Float32Array(count * classes);
  for (let step = 0; step < steps; step++) {
    const before = multiples.slice();
    for (let i = 0; i < count; i++) {
      const tuned = logits.slice(i * classes, (i + 1) * classes);
      addMultiples(before, likenesses[i]!, tuned);
      softmax(tuned).forEach((probability, k) => {
        const error = probability - (labels[i] === k ? 1 : 0);
        multiples[i * classes + k]! -= rate * (error + stiffness * before[i * classes + k]!);
      });
    }
  }
  return { directions, multiples };
}

/** Adds to one image's logits what was learned. */
export function applyTuning({ directions, multiples }: Tuning, logits: Float32Array, features: Float32Array): void {
  addMultiples(multiples, likeness(directions, direction(features)), logits);
}

function addMultiples(multiples: Float32Array, likenesses: Float64Array, logits: Float32Array): void {
  const classes = logits.length;
  likenesses.forEach((like, i) => {
    for (let k = 0; k < classes; k++) logits[k]! += like * multiples[i * classes + k]!;
  });
}

/** How like each example an image is, 0..1: a power of the cosine between their features. */
function likeness(directions: Float32Array, other: Float32Array): Float64Array {
  const width = other.length;
  return Float64Array.from({ length: directions.length / width }, (_, i) => {
    let cosine = 0;
    for (let at = 0; at < width; at++) cosine += directions[i * width + at]! * other[at]!;
    return cosine ** POWER;
  });
}

/** Of length 1; of length 0 where all are 0, which is like nothing. */
function direction(features: Float32Array): Float32Array {
  const length = Math.sqrt(features.reduce((sum, feature) => sum + feature ** 2, 0));
  return length === 0 ? features : features.map((feature) => feature / length);
}
