import { DigitRecognizer } from './digit-recognizer.ts';

export type {
  Digit,
  DigitRecognizerElement,
  DigitRecognizerEvents,
  Model,
  Reading,
  Rejection,
  State,
} from './api.ts';
export { DigitRecognizer };

/** Makes `<digit-recognizer>` known to the page; a second call does nothing. */
export function defineDigitRecognizer(): void {
  if (customElements.get('digit-recognizer') === undefined) customElements.define('digit-recognizer', DigitRecognizer);
}
