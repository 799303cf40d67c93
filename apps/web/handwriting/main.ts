import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawDigitSet, drawFreshSet, drawNonDigitSet, drawUnseenSet } from './draw-sets.ts';
import { drawingsText } from './stroke-file.ts';

await writeFile(join(import.meta.dirname, 'digits.json'), drawingsText(drawDigitSet()));
await writeFile(join(import.meta.dirname, 'non-digits.json'), drawingsText(drawNonDigitSet()));
await writeFile(join(import.meta.dirname, 'unseen-non-digits.json'), drawingsText(drawUnseenSet()));
await writeFile(join(import.meta.dirname, 'fresh-non-digits.json'), drawingsText(drawFreshSet()));
