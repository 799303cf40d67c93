import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { answer, parseBundle, type Recognizer, toTensor } from '@mnist-edge/recognizer';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { DigitRecognizer } from '../src/index.ts';
import { modelFile, openRecognizer, type Precision } from '../src/runtime.ts';
import { drawnDigits } from './digit-strokes.ts';
import { mouseHand } from './hand.ts';
import { becomes, clear, dist } from './site.ts';

/** The build's model, opened in Node by onnxruntime's whole WebAssembly. */
export async function openInNode(precision: Precision): Promise<Recognizer> {
  const bundle = parseBundle(JSON.parse(await readFile(join(dist, 'model/bundle.json'), 'utf8')));
  const model = new Uint8Array(await readFile(join(dist, 'model', modelFile(bundle, precision))));
  const wasm = createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm');
  return openRecognizer(bundle, model, { wasm: new Uint8Array(await readFile(wasm)), precision });
}

/** Draws ten digits on a page, and expects of each what a recognizer makes of the image that the net saw there. */
export async function expectSameAnswers(page: Page, recognizer: Recognizer, tolerance: number): Promise<void> {
  for (const digit of drawnDigits.slice(0, 10)) {
    await mouseHand(page).digit(digit);
    await becomes(page, 'answered');
    const [read] = await page
      .locator('digit-recognizer')
      .evaluate(({ reading }: DigitRecognizer) =>
        reading!.digits.map(({ probabilities, image }) => ({ probabilities: [...probabilities], image: [...image] })),
      );
    const there = answer(await recognizer.logits(toTensor(Uint8Array.from(read!.image))), recognizer.bundle);
    for (const [label, probability] of read!.probabilities.entries()) {
      expect(Math.abs(probability - there.probabilities[label]!)).toBeLessThanOrEqual(tolerance);
    }
    await clear(page);
  }
}
