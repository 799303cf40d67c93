/** An image whose given label is probably wrong. */
export interface Suspect {
  readonly index: number;
  readonly given: number;
  /** The class that it more probably is. */
  readonly believed: number;
  /** Probability of the given class, 0..1. */
  readonly givenProbability: number;
  /** Probability of the believed class, 0..1. */
  readonly believedProbability: number;
}

/**
 * Label errors by confident learning (Northcutt, Jiang, Chuang: "Confident Learning: Estimating Uncertainty in Dataset
 * Labels", JAIR 70, 2021): an image is confidently of a class when its probability of that class is at least the mean
 * that images with that label have of it; one that is confidently of another class than its label's, and more so than of
 * its label's, is a suspect. Ranked by normalised margin, the surest error first.
 * @param probabilities `[labels.length, classes]`, flat, each from a net that never saw the image
 */
export function findLabelErrors(probabilities: Float32Array, labels: Uint8Array, classes: number): Suspect[] {
  const at = (index: number, label: number) => probabilities[index * classes + label]!;
  const sums = new Float64Array(classes);
  const counts = new Float64Array(classes);
  labels.forEach((label, index) => {
    sums[label]! += at(index, label);
    counts[label]!++;
  });
  // No image has the label: nothing is confidently of it.
  const thresholds = sums.map((sum, label) => (counts[label]! > 0 ? sum / counts[label]! : Number.POSITIVE_INFINITY));
  const suspects: Suspect[] = [];
  labels.forEach((given, index) => {
    let believed = -1;
    for (let label = 0; label < classes; label++) {
      if (at(index, label) < thresholds[label]!) continue;
      if (believed < 0 || at(index, label) > at(index, believed)) believed = label;
    }
    if (believed < 0 || at(index, believed) <= at(index, given)) return;
    const [givenProbability, believedProbability] = [at(index, given), at(index, believed)];
    suspects.push({ index, given, believed, givenProbability, believedProbability });
  });
  const margin = ({ givenProbability, believedProbability }: Suspect) => givenProbability - believedProbability;
  return suspects.sort((a, b) => margin(a) - margin(b));
}
