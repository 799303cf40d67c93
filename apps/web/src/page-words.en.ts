import type { PageWords } from './page-words.ts';

export const en: PageWords = {
  documentTitle: 'mnist-edge: handwritten digits, read in your browser',
  title: 'Draw a digit, and a small neural network reads it.',
  promise: 'It runs in your browser; nothing leaves it.',
  language: 'Language',
  how: 'How it works',
  steps: [
    { title: 'You draw', text: 'The path of your mouse, finger or pen is kept as strokes, on this device.' },
    {
      title: 'It becomes 28 × 28 pixels',
      text: 'The ink is scaled and centred by its mass, just as the digits were that the net learned from.',
    },
    {
      title: 'The net looks',
      text: 'A small neural network, run by ONNX Runtime as WebAssembly, gives every digit a score.',
    },
    {
      title: 'Scores become an answer',
      text: 'The scores are turned into probabilities. If none is high enough, the net says that it is not sure.',
    },
  ],
  model: 'The model on this page',
  modelLoading: 'Loading…',
  name: 'Name',
  version: 'Version',
  accuracy: 'Test accuracy',
  size: 'Size',
  tested: (images) => `on ${images} unseen images`,
  parameters: (parameters) => `${parameters} parameters`,
};
