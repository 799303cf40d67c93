import { answer, type Recognizer, toTensor } from '@mnist-edge/recognizer';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { DigitRecognizer } from '../src/index.ts';
import { drawnDigits } from './digit-strokes.ts';
import { mouseHand } from './hand.ts';
import { becomes, clear } from './site.ts';

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
