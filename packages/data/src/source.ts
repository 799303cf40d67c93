/** A raw file as its publisher made it, before compression. */
export interface RawFile {
  /** Its name without `.gz`; a mirror holds it as `<name>.gz` or `<name>`. */
  readonly name: string;
  readonly bytes: number;
  /** Of the decompressed bytes: gzip headers differ between mirrors. */
  readonly sha256: string;
}

/** Where a dataset of four IDX files comes from, and what its files must be. */
export interface Source {
  readonly name: string;
  readonly description: string;
  /** Class names in the order of the labels. */
  readonly labels: readonly string[];
  readonly trainImages: RawFile;
  readonly trainLabels: RawFile;
  readonly testImages: RawFile;
  readonly testLabels: RawFile;
  /** How many of the training images are set aside for validation. */
  readonly validation: number;
  /** Folders or base URLs, tried in order. */
  readonly mirrors: readonly string[];
}

export function rawFiles(source: Source): readonly RawFile[] {
  return [source.trainImages, source.trainLabels, source.testImages, source.testLabels];
}

export const mnist: Source = {
  name: 'mnist',
  description:
    'MNIST: 70,000 handwritten digits of about 500 writers (LeCun, Cortes, Burges), size-normalised to 20 × 20 and ' +
    'centred by mass in 28 × 28.',
  labels: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  trainImages: {
    name: 'train-images-idx3-ubyte',
    bytes: 47_040_016,
    sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  },
  trainLabels: {
    name: 'train-labels-idx1-ubyte',
    bytes: 60_008,
    sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  },
  testImages: {
    name: 't10k-images-idx3-ubyte',
    bytes: 7_840_016,
    sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  },
  testLabels: {
    name: 't10k-labels-idx1-ubyte',
    bytes: 10_008,
    sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
  },
  // As many as half the test set: enough to tell apart accuracies that differ by 0.1 points, and 55,000 stay to learn.
  validation: 5_000,
  mirrors: ['https://ossci-datasets.s3.amazonaws.com/mnist/', 'https://storage.googleapis.com/cvdf-datasets/mnist/'],
};
