import type { Bundle } from '@mnist-edge/recognizer';

/** Images a run; every runtime gets the same batches. */
export const BATCH = 100;

/** A model bundle on disk. */
export interface Fixture {
  readonly folder: string;
  readonly bundle: Bundle;
}

/** A way to run a bundle's model. Adding one is adding a file to `runtimes/` and naming it in `runtimes/index.ts`. */
export interface Runtime {
  readonly name: string;
  /** Gets ready to answer; what this takes is not part of its speed. */
  open(fixture: Fixture): Promise<OpenRuntime>;
}

export interface OpenRuntime {
  /**
   * Answers in batches of `BATCH`.
   * @param images 784 bytes each, ink bright, one after another
   * @returns logits `[images, labels]`, flat, and the seconds that the answering took
   */
  run(images: Uint8Array): Promise<Timed>;
  close(): Promise<void>;
}

export interface Timed {
  readonly logits: Float32Array;
  readonly seconds: number;
}
