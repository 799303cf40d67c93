import { Problem } from '@mnist-edge/recognizer';
import { ask, type Environment, isExecutable } from './child.ts';

/** Where Debian, Ubuntu, Google and macOS put it. */
const USUAL = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * The path of a Chromium or Chrome: CHROMIUM_PATH, or the first in the usual places.
 * @throws {Problem} when there is none
 */
export function findChromium(env: Environment = process.env, usual: readonly string[] = USUAL): string {
  const wanted = env.CHROMIUM_PATH;
  if (wanted !== undefined && wanted !== '') {
    if (isExecutable(wanted)) return wanted;
    throw new Problem(
      `CHROMIUM_PATH is ${wanted}, where there is no program. Set it to a Chromium or Chrome, or unset it.`,
    );
  }
  const found = usual.find(isExecutable);
  if (found !== undefined) return found;
  throw new Problem(
    `No Chromium or Chrome was found (looked at ${usual.join(', ')}). ` +
      'On Debian and Ubuntu: apt install chromium. Elsewhere set CHROMIUM_PATH to the program.',
  );
}

/**
 * What a Chromium says of itself, such as "Chromium 156.0.8078.79 (/usr/bin/chromium)".
 * @throws {Problem} when it does not start
 */
export function chromiumVersion(path: string, env: Environment): string {
  const version = ask(path, ['--version'], env);
  if (version === null) throw new Problem(`${path} does not start. Install it anew, or set CHROMIUM_PATH to another.`);
  return `${version} (${path})`;
}
