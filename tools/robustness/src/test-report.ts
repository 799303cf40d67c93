import type { TestLabelErrors } from '@mnist-edge/data';
import { answer, type Bundle, topK } from '@mnist-edge/recognizer';
import {
  type ClassScore,
  classScores,
  confusionOf,
  probabilitiesOf,
  reliabilityOf,
} from '@mnist-edge/trainer/judgement';
import { crossEntropy } from '@mnist-edge/trainer/score';

/** A test image that got a wrong answer. */
export interface Mistake {
  /** In the test file. */
  readonly image: number;
  /** Classes, by their place among the labels: the one it is said to be, and the answer. */
  readonly given: number;
  readonly answer: number;
  /** Of the answer, 0..1. */
  readonly probability: number;
}

/** What a released model does on the test images, beyond its accuracy. */
export interface TestReport {
  readonly images: number;
  readonly accuracy: number;
  /** Of the probabilities as they are given, the temperature applied: in nats, and as a share with 15 bins of equal width. */
  readonly negativeLogLikelihood: number;
  readonly calibrationError: number;
  /** Share of the images that get no answer, right ones among them. */
  readonly rejected: number;
  readonly classes: readonly ClassScore[];
  /** The surest first. */
  readonly mistakes: readonly Mistake[];
  /** Images whose label is called wrong by published work, and the accuracy without them; null where nothing is published. */
  readonly disputed: { readonly images: readonly number[]; readonly accuracy: number } | null;
}

/**
 * @param logits of all test images, `[images, classes]`, flat
 * @param labels their classes
 */
export function testReport(
  bundle: Bundle,
  logits: Float32Array,
  labels: Uint8Array,
  errors: TestLabelErrors | null,
): TestReport {
  const answers = { logits, labels };
  const classes = bundle.labels.length;
  const probabilities = probabilitiesOf(answers, bundle.temperature);
  const mistakes: Mistake[] = [];
  let rejected = 0;
  labels.forEach((given, image) => {
    const row = logits.subarray(image * classes, (image + 1) * classes);
    const likeliest = topK(row, 1)[0]!;
    if (answer(row, bundle).rejection !== null) rejected++;
    if (likeliest !== given) {
      mistakes.push({ image, given, answer: likeliest, probability: probabilities[image]![likeliest]! });
    }
  });
  const disputed = new Set(errors?.voted);
  const wrongOnly = mistakes.filter(({ image }) => !disputed.has(image));
  return {
    images: labels.length,
    accuracy: 1 - mistakes.length / labels.length,
    negativeLogLikelihood: crossEntropy(logits, labels, bundle.temperature),
    calibrationError: reliabilityOf(probabilities, labels).error,
    rejected: rejected / labels.length,
    classes: classScores(confusionOf(probabilities, labels, classes)),
    mistakes: mistakes.sort((a, b) => b.probability - a.probability),
    disputed:
      errors === null
        ? null
        : { images: errors.voted, accuracy: 1 - wrongOnly.length / (labels.length - disputed.size) },
  };
}
