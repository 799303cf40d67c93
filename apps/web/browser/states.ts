import type { Page } from 'playwright-core';
import { type DrawnDigit, drawnDigits } from './digit-strokes.ts';
import { type Hand, mouseHand } from './hand.ts';
import { becomes, clear } from './site.ts';

/** A state that a person can bring the page to, from an empty sheet. */
export interface PageStateStep {
  readonly name: string;
  /** What is switched on under the element. */
  readonly option?: string;
  readonly reach: (page: Page) => Promise<void>;
}

/** The first way in which a digit is written down. */
export function digit(wanted: string): DrawnDigit {
  return drawnDigits.find(({ digit }) => digit === wanted)!;
}

/** Draws a number, its digits beside each other. */
export async function drawNumber(hand: Hand, number: string): Promise<void> {
  const size = 0.9 / number.length;
  for (const [index, label] of [...number].entries()) {
    await hand.digit(digit(label), { left: 0.05 + index * size, top: 0.5 - size / 2, size: size * 0.9 });
  }
}

/** A scribble to and fro, which is no digit. */
export async function scribble(hand: Hand): Promise<void> {
  const path = Array.from({ length: 40 }, (_, i) => ({
    x: i % 2 === 0 ? 0.15 + i * 0.004 : 0.85 - i * 0.004,
    y: 0.15 + i * 0.018,
  }));
  await hand.stroke(path);
}

/** Brings a page whose model is loaded to a state, whatever it was in. */
export async function bringTo(page: Page, { option, reach }: PageStateStep): Promise<void> {
  await clear(page);
  for (const box of await page.locator('.options input').all()) {
    await box.setChecked((await box.getAttribute('name')) === option);
  }
  await reach(page);
}

export const pageStates: readonly PageStateStep[] = [
  { name: 'empty', reach: async () => {} },
  {
    name: 'drawn',
    reach: async (page) => {
      await mouseHand(page).digit(digit('2'));
      await becomes(page, 'answered');
    },
  },
  {
    name: 'rejected',
    reach: async (page) => {
      await scribble(mouseHand(page));
      await becomes(page, 'uncertain');
    },
  },
  {
    name: 'too many',
    reach: async (page) => {
      await drawNumber(mouseHand(page), '74');
      await page.locator('.options label.wanted').waitFor();
    },
  },
  {
    name: 'several',
    option: 'multiple',
    reach: async (page) => {
      await drawNumber(mouseHand(page), '4072');
      await page.locator('.result.several').waitFor();
    },
  },
  {
    name: 'explain',
    option: 'explain',
    reach: async (page) => {
      await mouseHand(page).digit(digit('3'));
      await page.locator('.explained').waitFor();
      await page.locator('.layers summary').click();
      await page.locator('.layers figure').first().waitFor();
    },
  },
  {
    name: 'compare',
    option: 'compare',
    reach: async (page) => {
      await mouseHand(page).digit(digit('5'));
      await becomes(page, 'answered');
    },
  },
  {
    name: 'corrected',
    reach: async (page) => {
      await mouseHand(page).digit(digit('7'));
      await becomes(page, 'answered');
      await page.locator('.wrong').click();
      await page.locator('.label-button').nth(1).click();
      await page.locator('.memory').waitFor();
      await page.locator('.wrong').click();
    },
  },
  {
    // Last, because it stays open.
    name: 'card',
    reach: async (page) => {
      await page.locator('main > section details summary').click();
      await page.locator('.card').waitFor();
    },
  },
];
