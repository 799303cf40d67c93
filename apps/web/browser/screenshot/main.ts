import { resolve } from 'node:path';
import { Problem } from '@mnist-edge/recognizer';
import { takeGallery } from './gallery.ts';
import { takeScreenshot } from './screenshot.ts';

const web = resolve(import.meta.dirname, '../..');
try {
  if (process.argv.includes('--gallery')) {
    const folder = resolve(web, '../../.artifacts/screenshots');
    await takeGallery(resolve(web, 'dist'), folder);
    console.log(`Wrote ${folder}`);
  } else {
    const picture = resolve(web, 'docs/recognizer.png');
    await takeScreenshot(resolve(web, 'dist'), picture);
    console.log(`Wrote ${picture}`);
  }
} catch (error) {
  console.error(error instanceof Problem ? error.message : error);
  process.exitCode = 1;
}
