import { existsSync } from 'node:fs';
import { Problem } from '@mnist-edge/recognizer';
import { type Browser, chromium } from 'playwright-core';

/** Where Debian, Ubuntu, Fedora, Homebrew and Google's own packages put it. */
const usual = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/homebrew/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * Starts the Chromium of this machine, without a window.
 * @param args more of its command line
 * @throws {Problem} when there is none
 */
export async function startChromium(args: readonly string[] = []): Promise<Browser> {
  const wanted = process.env.CHROMIUM_PATH;
  const executablePath = wanted === undefined ? usual.find((path) => existsSync(path)) : wanted;
  if (executablePath === undefined || !existsSync(executablePath)) {
    throw new Problem(
      `No Chromium at ${wanted ?? usual.join(', ')}. Install one (npx nx run tools:chromium) or set CHROMIUM_PATH.`,
    );
  }
  // Containers seldom allow Chromium's sandbox, and their /dev/shm is small; nothing but our own page is opened.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', ...args] });
}
