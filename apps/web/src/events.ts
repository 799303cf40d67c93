import type { Bundle, Recognition } from '@mnist-edge/recognizer';

/** The events of `<digit-recognizer>`. None bubbles: a page's own `error` handlers are not meant. */
export interface DigitRecognizerEvents {
  /** After a stroke, when the drawing so far was recognized. */
  recognized: CustomEvent<Recognition>;
  /** After a stroke, when the net is not sure enough that the drawing is a digit. */
  rejected: CustomEvent<Recognition>;
  /** The model is loaded. */
  ready: CustomEvent<{ readonly bundle: Bundle }>;
  /** The model could not be loaded, or failed; `message` is for the person at the screen. */
  error: CustomEvent<{ readonly message: string; readonly error: unknown }>;
}

/** The detail that an event of `<digit-recognizer>` carries. */
export type DetailOf<Type extends keyof DigitRecognizerEvents> = DigitRecognizerEvents[Type]['detail'];
