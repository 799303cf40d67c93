import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, run } from '@mnist-edge/command';
import { buildOwnImage, sizesOf } from './own-image.ts';

await run(
  command('size', 'Runs the Dockerfile’s steps in a clean folder, and tells what they leave there.').action(
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'mnist-edge-image-'));
      try {
        const { image } = await buildOwnImage(folder, (step) => console.log(step.slice(0, 100)));
        for (const [part, bytes] of await sizesOf(image)) {
          console.log(`${(bytes / 1e6).toFixed(1).padStart(7)} MB  ${part}`);
        }
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  ),
);
