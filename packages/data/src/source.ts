/** A raw file as its publisher made it, before compression. */
export interface RawFile {
  /** Its name without `.gz`; a mirror holds it as `<name>.gz` or `<name>`. */
  readonly name: string;
  readonly bytes: number;
  /** Of the decompressed bytes: gzip headers differ between mirrors. Null where none is published. */
  readonly sha256: string | null;
  /** Of the file as its publisher compressed it; for files whose decompressed hash is not published. */
  readonly gzip?: { readonly algorithm: 'sha256' | 'md5'; readonly hex: string };
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
  /** Its images are stored column by column. */
  readonly transposed?: true;
  /** How many of the training images are set aside for validation. */
  readonly validation: number;
  /** Absolute folders or base URLs, tried in order. */
  readonly mirrors: readonly string[];
  /** Where a person finds the files when no mirror serves them one by one. */
  readonly archive?: string;
}

export function rawFiles(source: Source): readonly RawFile[] {
  return [source.trainImages, source.trainLabels, source.testImages, source.testLabels];
}
