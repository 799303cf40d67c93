import { type Recognizer, toTensor } from '@mnist-edge/recognizer';
import { loadRecognizer } from '@mnist-edge/web/runtime';
import { inBatches } from '../src/batches.ts';

declare global {
  /** The page's recognizer, once it is there. */
  var recognizer: Promise<Recognizer>;
  /** Answers the images at `url`; called by the suite from outside. */
  var answer: (url: string) => Promise<{ logits: number[]; seconds: number }>;
}

globalThis.recognizer = loadRecognizer(new URL('./model/', document.baseURI));

globalThis.answer = async (url) => {
  const recognizer = await globalThis.recognizer;
  const images = new Uint8Array(await (await fetch(url)).arrayBuffer());
  const { logits, seconds } = await inBatches(images, (batch) => recognizer.logits(toTensor(batch)));
  return { logits: Array.from(logits), seconds };
};
