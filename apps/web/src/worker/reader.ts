import type { GreyImage, Stroke } from '@mnist-edge/recognizer';
import type { Model, Reading } from '../api.ts';
import type { Precision } from '../runtime.ts';
import type { Layer } from './net.ts';

/** Where a model and the runtime for it are; absolute URLs. */
export interface Address {
  /** The model bundle's folder. */
  readonly model: string;
  /** onnxruntime's .wasm file; null for the copy beside the worker. */
  readonly wasm: string | null;
  readonly precision: Precision;
  /** Keep the started engine in this browser, so that the next visit need not start it again. */
  readonly keep: boolean;
}

/** What is to be read: strokes in shares of the sheet, or ink that fills it. */
export type Drawing = { readonly strokes: readonly Stroke[] } | { readonly ink: GreyImage };

/** What a person taught the net in this browser. */
export interface Taught {
  readonly count: number;
  /** Whether answers are tuned by it. */
  readonly on: boolean;
}

/** Which of an image's 28 × 28 pixels speak for a label, above 0, or against it: by each method that the model allows. */
export interface Evidence {
  /** See `occlusionMap`. */
  readonly occlusion: Float32Array;
  /** See `classActivationMap`; null where the model's last layer does not follow a convolution. */
  readonly classActivation: Float32Array | null;
}

/** What reads drawings: it lives in the worker, and the page talks to it from afar. */
export interface Reader {
  /** Waits until the runtime and the model are loaded. */
  open(): Promise<Model>;
  /** The ink of a picture on a square sheet, bright on black; null where there is none. */
  inkOf(picture: Blob | ImageBitmap): Promise<GreyImage | null>;
  /**
   * @param multiple read a whole number rather than one digit
   * @returns null when there is nothing to read: no ink, or a dot
   */
  read(drawing: Drawing, multiple: boolean): Promise<Reading | null>;
  explain(image: Uint8Array, label: number): Promise<Evidence>;
  layers(image: Uint8Array): Promise<readonly Layer[]>;
  taught(): Promise<Taught>;
  /** The image is of this label: keeps that, and tunes the last layer to it. */
  teach(image: Uint8Array, label: string): Promise<Taught>;
  setTaughtOn(on: boolean): Promise<Taught>;
  forget(): Promise<Taught>;
  /** A zip of PNG files in a folder for each label. */
  exportTaught(): Promise<Blob>;
}
