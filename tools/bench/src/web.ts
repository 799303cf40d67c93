import { resolve } from 'node:path';
import { workspaceRoot } from '@mnist-edge/command';
import { measureWeb, type WebSpeed } from '@mnist-edge/web/speed';

export type { WebSpeed };

/** As it is, and as on a phone that is four times slower. */
const SLOWDOWNS = [1, 4];

/**
 * Measures the built page in Chromium, once at full speed and once slowed down.
 * @param visits how often it is visited; medians are taken over them
 */
export async function measureWebPage(visits: number): Promise<WebSpeed[]> {
  const speeds: WebSpeed[] = [];
  for (const slowdown of SLOWDOWNS) {
    speeds.push(await measureWeb(resolve(workspaceRoot, 'apps/web/dist'), slowdown, visits));
  }
  return speeds;
}
