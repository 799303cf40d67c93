import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { startChromium } from '../chromium.ts';
import { drawnDigits } from '../digit-strokes.ts';
import { mouseHand } from '../hand.ts';
import { serveFolder } from '../static-server.ts';

/**
 * Takes the README's picture: the built page at 1280 pixels, in English and light, with a digit drawn.
 * @param dist the built page's folder
 * @param picture the PNG file to write
 */
export async function takeScreenshot(dist: string, picture: string): Promise<void> {
  const server = await serveFolder(dist);
  const browser = await startChromium();
  try {
    const page = await browser.newPage({
      viewport: { width: 1280, height: 840 },
      colorScheme: 'light',
      locale: 'en',
      reducedMotion: 'reduce',
    });
    await page.goto(server.url);
    await mouseHand(page).digit(drawnDigits.find(({ digit }) => digit === '2')!);
    await page.locator('[data-state=answered]').waitFor();
    await page.locator('.facts').waitFor();
    await mkdir(dirname(picture), { recursive: true });
    await page.screenshot({ path: picture });
  } finally {
    await browser.close();
    await server.close();
  }
}
