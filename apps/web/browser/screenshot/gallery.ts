import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startChromium } from '../chromium.ts';
import { bringTo, pageStates } from '../states.ts';
import { serveFolder } from '../static-server.ts';

const widths = [390, 768, 1280];

/**
 * Takes pictures of every state of the built page, in each width, theme and language, to be looked at.
 * @param dist the built page's folder
 * @param folder where the PNG files go
 */
export async function takeGallery(dist: string, folder: string): Promise<void> {
  const server = await serveFolder(dist);
  const browser = await startChromium();
  await mkdir(folder, { recursive: true });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
    await page.goto(server.url);
    await page.locator('.facts').waitFor();
    for (const state of pageStates) {
      await page.setViewportSize({ width: 1280, height: 844 });
      await bringTo(page, state);
      // A picture of the whole page shows what nobody has scrolled to.
      await page.evaluate(() => {
        for (const section of document.querySelectorAll('section')) section.style.contentVisibility = 'visible';
      });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        for (const [language, name] of [
          ['en', 'English'],
          ['zh', '中文'],
        ] as const) {
          await page.getByRole('button', { name }).click();
          for (const width of widths) {
            await page.setViewportSize({ width, height: 844 });
            const path = join(folder, `${state.name}-${width}-${colorScheme}-${language}.png`);
            await page.screenshot({ path, fullPage: true });
          }
        }
      }
    }
  } finally {
    await browser.close();
    await server.close();
  }
}
