import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyPage } from './site.ts';

/** `doc_string` of an ONNX file, which says nothing that a net computes: its field's number and type, its length, one letter. */
const NOTE = Buffer.from([0x32, 1, 0x78]);

/**
 * Puts another model in the place of the build's, as whoever trains one may: it gives the same answers, and the worker has no
 * engine for it.
 * @param site a folder with a copy of the build
 */
export async function replaceModel(site: string): Promise<void> {
  const path = join(site, 'model/bundle.json');
  const bundle = JSON.parse(await readFile(path, 'utf8'));
  for (const name of [bundle.model, bundle.int8.model]) {
    const bytes = Buffer.concat([await readFile(join(site, 'model', name)), NOTE]);
    await writeFile(join(site, 'model', name), bytes);
    bundle.files[name] = { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  }
  await writeFile(path, JSON.stringify(bundle));
}

/** Fills a folder with a copy of the built page, with another model. */
export async function copyPageOfAnother(folder: string): Promise<void> {
  await copyPage(folder);
  await replaceModel(folder);
}
