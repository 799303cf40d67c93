import { resolve } from 'node:path';
import { Problem } from '@mnist-edge/recognizer';
import { takeScreenshot } from './screenshot.ts';

const web = resolve(import.meta.dirname, '../..');
const picture = resolve(web, 'docs/recognizer.png');
try {
  await takeScreenshot(resolve(web, 'dist'), picture);
  console.log(`Wrote ${picture}`);
} catch (error) {
  console.error(error instanceof Problem ? error.message : error);
  process.exitCode = 1;
}
