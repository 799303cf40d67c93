import type { Point } from '@mnist-edge/recognizer';
import type { CDPSession, Page } from 'playwright-core';
import { type DrawnDigit, smooth } from './digit-strokes.ts';

/** Where on the sheet a digit goes, in shares of the sheet's side. */
export interface Place {
  readonly left: number;
  readonly top: number;
  readonly size: number;
}

/** Draws with real input events, as the operating system would send them. */
export interface Hand {
  /** Draws a path given in shares of the sheet. */
  stroke(path: readonly Point[]): Promise<void>;
  digit(digit: DrawnDigit, place?: Place): Promise<void>;
}

const middle: Place = { left: 0.1, top: 0.1, size: 0.8 };

/** A hand with a mouse. @param which element of the page it draws on, as a CSS selector */
export function mouseHand(page: Page, which?: string): Hand {
  return hand(page, which, async ([first, ...rest]) => {
    await page.mouse.move(first!.x, first!.y);
    await page.mouse.down();
    // A quick hand: the browser gets several moves a frame, as it does from a real mouse.
    await Promise.all(rest.map(({ x, y }) => page.mouse.move(x, y)));
    await page.mouse.up();
  });
}

/** A hand with a finger. */
export function touchHand(page: Page, devtools: CDPSession): Hand {
  return hand(page, undefined, async ([first, ...rest]) => {
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: Point[]) =>
      devtools.send('Input.dispatchTouchEvent', { type, touchPoints });
    await touch('touchStart', [first!]);
    await Promise.all(rest.map((point) => touch('touchMove', [point])));
    await touch('touchEnd', []);
  });
}

function hand(page: Page, which = 'digit-recognizer', draw: (points: readonly Point[]) => Promise<void>): Hand {
  async function stroke(path: readonly Point[]): Promise<void> {
    const sheet = (await page.locator(`${which} .ink`).boundingBox())!;
    await draw(path.map(({ x, y }) => ({ x: sheet.x + x * sheet.width, y: sheet.y + y * sheet.height })));
  }
  return {
    stroke,
    digit: async ({ paths }, { left, top, size } = middle) => {
      for (const path of paths)
        await stroke(smooth(path).map(({ x, y }) => ({ x: left + x * size, y: top + y * size })));
    },
  };
}
