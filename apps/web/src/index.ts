import { DigitRecognizer } from './digit-recognizer.ts';

export type { State } from './digit-recognizer.ts';
export type { DigitRecognizerEvents } from './events.ts';
export type { RuntimeOptions } from './runtime.ts';
export { DigitRecognizer };

declare global {
  interface HTMLElementTagNameMap {
    'digit-recognizer': DigitRecognizer;
  }
}

/** Makes `<digit-recognizer>` known to the page; a second call does nothing. */
export function defineDigitRecognizer(): void {
  if (customElements.get('digit-recognizer') === undefined) customElements.define('digit-recognizer', DigitRecognizer);
}
