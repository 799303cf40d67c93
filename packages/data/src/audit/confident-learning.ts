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
  /** True when it is as sure as images that bear the believed class's label are on average. */
  readonly confident: boolean;
}

/**
 * Images whose label is not what the net believes, the surest error first: ranked by normalised margin (probability of
 * the given class less that of the believed one). The confident ones are those of confident learning's joint: their
 * probability of the believed class is at least the mean that images with that label have of it (Northcutt, Jiang,
 * Chuang: "Confident Learning: Estimating Uncertainty in Dataset Labels", JAIR 70, 2021). Nets of today are so sure of
 * themselves that this alone would keep back most of what people find wrong in MNIST, so the others are told too.
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
  const suspects: Suspect[] = [];
  labels.forEach((given, index) => {
    let believed = given;
    for (let label = 0; label < classes; label++) if (at(index, label) > at(index, believed)) believed = label;
    if (believed === given) return;
    const [givenProbability, believedProbability] = [at(index, given), at(index, believed)];
    // Where no image has the label, nothing is confidently of it.
    const confident = counts[believed]! > 0 && believedProbability >= sums[believed]! / counts[believed]!;
    suspects.push({ index, given, believed, givenProbability, believedProbability, confident });
  });
  const margin = ({ givenProbability, believedProbability }: Suspect) => givenProbability - believedProbability;
  return suspects.sort((a, b) => margin(a) - margin(b));
}
