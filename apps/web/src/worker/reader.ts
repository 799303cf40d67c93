import type { Stroke } from '@mnist-edge/recognizer';
import type { Model, Reading } from '../api.ts';

/** Where a model and the runtime for it are; absolute URLs. */
export interface Address {
  /** The model bundle's folder. */
  readonly model: string;
  /** onnxruntime's .wasm file; null for the copy beside the worker. */
  readonly wasm: string | null;
}

/** What was drawn, and how it is to be read. */
export interface Drawing {
  /** In shares of the sheet. */
  readonly strokes: readonly Stroke[];
  /** Read a whole number rather than one digit. */
  readonly multiple: boolean;
}

/** What reads drawings: it lives in the worker, and the page talks to it from afar. */
export interface Reader {
  /** Loads the runtime and the model. */
  open(address: Address): Promise<Model>;
  /** @returns null when there is nothing to read: no stroke, or a dot. */
  readDrawing(drawing: Drawing): Promise<Reading | null>;
}
