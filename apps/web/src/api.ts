/*
 * What `<digit-recognizer>` promises to those who embed it. This file imports nothing, so that it alone is the library's
 * type declarations; the compiler holds the element to it.
 */

/** Why there is no answer: nothing was drawn, or it does not look like what the net knows. */
export type Rejection = 'blank' | 'uncertain';

/** One digit of a drawing, as the net read it. */
export interface Digit {
  /** The label of the most likely class, or null when rejected. */
  readonly label: string | null;
  /** Index of the most likely class among the model's labels, or null when rejected. */
  readonly index: number | null;
  /** Calibrated probabilities in the order of the model's labels; they sum to 1. */
  readonly probabilities: readonly number[];
  readonly rejection: Rejection | null;
  /** The 28 × 28 bytes that the net saw, ink bright, row by row. */
  readonly image: Uint8Array;
  /** Where it is on the sheet, in shares of the sheet's side: of strokes, the box of the pen's path; else of the ink. */
  readonly box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
}

/** A drawing or a picture, read. */
export interface Reading {
  /** What it says: one label, or with `multiple` those of all digits from left to right. Null when rejected. */
  readonly label: string | null;
  readonly rejection: Rejection | null;
  /** From left to right; exactly one unless `multiple` is set. */
  readonly digits: readonly Digit[];
  /** The number that was drawn where one digit was asked for, such as `74`: why it was rejected. Else null. */
  readonly tooMany: string | null;
}

/** The loaded model, as its bundle describes it. */
export interface Model {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly labels: readonly string[];
  /** By path: bytes and SHA-256. `model` names the one in float32, `int8.model` the one in 8-bit integers. */
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
  readonly model: string;
  readonly int8?: { readonly model: string; readonly metrics: Metrics } | undefined;
  readonly temperature: number;
  readonly rejectionThreshold: number;
  /** What is rejected instead: answers whose score is below the threshold. */
  readonly rejection?:
    | { readonly score: 'probability' | 'logit' | 'energy' | 'margin'; readonly threshold: number }
    | undefined;
  readonly training: {
    readonly architecture: string;
    readonly parameters: number;
    readonly dataset: { readonly name: string };
    readonly seconds: number;
    readonly machine: string;
  };
  readonly metrics: Metrics;
}

/** How well a model did. */
export type Metrics = Readonly<
  Record<'validation' | 'test', { readonly images: number; readonly accuracy: number; readonly loss: number }>
>;

/** The events of `<digit-recognizer>`. None bubbles: a page's own `error` handlers are not meant. */
export interface DigitRecognizerEvents {
  /** After a stroke, when the drawing so far was recognized; also after a picture. */
  recognized: CustomEvent<Reading>;
  /** After a stroke, when the drawing does not look like a digit. */
  rejected: CustomEvent<Reading>;
  /** The model is loaded. */
  ready: CustomEvent<{ readonly model: Model }>;
  /** The model could not be loaded, or failed; `message` is for the person at the screen. */
  error: CustomEvent<{ readonly message: string; readonly error: unknown }>;
}

/** The detail that an event of `<digit-recognizer>` carries. */
export type DetailOf<Type extends keyof DigitRecognizerEvents> = DigitRecognizerEvents[Type]['detail'];

/**
 * `empty`: nothing is drawn yet. `loading`: a drawing waits for the model. `uncertain`: what is drawn was rejected.
 */
export type State = 'loading' | 'empty' | 'answered' | 'uncertain' | 'error';

/** `<digit-recognizer>`, a form control. */
export interface DigitRecognizerElement extends HTMLElement {
  /** Attribute `model`: URL of the model bundle's folder, relative to the page. */
  model: string;
  /** Attribute `runtime`: URL of onnxruntime's .wasm file, relative to the page; empty for the one beside the script. */
  runtime: string;
  /** Attribute `preload`: load the model when the page is painted, rather than when someone is about to draw. */
  preload: boolean;
  /**
   * Attribute `keep`: keep the started runtime, some 6 MB, in the browser's Cache Storage, so that the next visit need
   * not start it again. The model beside the script comes with a started one; it is of use for others, and only where the
   * browser keeps the script and the runtime too.
   */
  keep: boolean;
  /** Attribute `precision`: which of the bundle's models is run, `fp32` or the smaller one in 8-bit integers, `int8`. */
  precision: 'fp32' | 'int8';
  /** Attribute `multiple`: read a whole number of up to 10 digits. */
  multiple: boolean;
  /** Attribute `explain`: show over the drawing which ink the answer rests on. */
  explain: boolean;
  /** Attribute `learn`: let people say what was wrong, and tune the last layer to their hand, on this device only. */
  learn: boolean;
  /** Attribute `name`: under which name the value posts with its form. */
  name: string;
  required: boolean;
  disabled: boolean;
  readonly state: State;
  /** The last reading; null while there is nothing to read. */
  readonly reading: Reading | null;
  /** The label that was read, empty when there is none: what posts with the form. */
  readonly value: string;
  readonly form: HTMLFormElement | null;
  readonly validity: ValidityState;
  readonly validationMessage: string;
  readonly willValidate: boolean;
  checkValidity(): boolean;
  reportValidity(): boolean;
  /** Loads the model now. An `error` or `ready` event tells how it went. */
  load(): Promise<void>;
  undo(): void;
  redo(): void;
  clear(): void;
  addEventListener<Type extends keyof DigitRecognizerEvents>(
    type: Type,
    listener: (event: DigitRecognizerEvents[Type]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<Type extends Exclude<keyof HTMLElementEventMap, keyof DigitRecognizerEvents>>(
    type: Type,
    listener: (event: HTMLElementEventMap[Type]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'digit-recognizer': DigitRecognizerElement;
  }
}
