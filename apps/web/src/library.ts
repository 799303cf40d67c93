import { defineDigitRecognizer } from './index.ts';

// The library's entry: importing it makes the element known, and does nothing else.
defineDigitRecognizer();

export { DigitRecognizer } from './index.ts';
