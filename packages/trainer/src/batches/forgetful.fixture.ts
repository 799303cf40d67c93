import { createRandom, drawDigits } from '@mnist-edge/data';
import { openBatches } from './open-batches.ts';

/** Takes one batch, and leaves the thread that draws them to itself. */
const split = drawDigits(130, createRandom(1));
const batches = openBatches(split, { batchSize: 50, epochs: 100, augment: 'gentle', outliers: 0 }, createRandom(1), 0);
const { labels } = await batches.next();
process.stdout.write(`${labels.length} images\n`);
