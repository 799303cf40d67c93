import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFolder } from '@mnist-edge/command';
import { type Bundle, Problem, parseBundle, verifyFile } from '@mnist-edge/recognizer';
import { modelCard } from './model-card.ts';

/** A bundle's files by path, `bundle.json` and the card not among them. */
export type BundleFiles = Readonly<Record<string, Uint8Array>>;

/** Length and SHA-256 of each file, as `bundle.json` lists them. */
export function listFiles(files: BundleFiles): Bundle['files'] {
  const entries = Object.entries(files).map(([path, bytes]) => {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return [path, { bytes: bytes.length, sha256 }] as const;
  });
  return Object.fromEntries(entries);
}

/** Writes a bundle's folder, all or nothing: its files, `bundle.json` and the model card made from it. */
export async function writeBundle(folder: string, bundle: Bundle, files: BundleFiles): Promise<void> {
  await writeFolder(folder, async (draft) => {
    for (const [path, bytes] of Object.entries(files)) {
      await mkdir(dirname(join(draft, path)), { recursive: true });
      await writeFile(join(draft, path), bytes);
    }
    await writeFile(join(draft, 'bundle.json'), `${JSON.stringify(bundle, null, 2)}\n`);
    await writeFile(join(draft, 'README.md'), modelCard(bundle));
  });
}

/**
 * Reads a bundle's folder and verifies every file in it.
 * @throws {Problem} when it is no bundle, or a file is missing or not the published one
 */
export async function readBundle(folder: string): Promise<{ bundle: Bundle; files: BundleFiles }> {
  const bundle = parseBundle(JSON.parse(await read(folder, 'bundle.json', 'utf8')), join(folder, 'bundle.json'));
  const files: Record<string, Uint8Array> = {};
  for (const path of Object.keys(bundle.files)) {
    const bytes = await read(folder, path);
    verifyFile(bundle, path, bytes);
    files[path] = bytes;
  }
  return { bundle, files };
}

async function read(folder: string, path: string): Promise<Uint8Array>;
async function read(folder: string, path: string, encoding: 'utf8'): Promise<string>;
async function read(folder: string, path: string, encoding?: 'utf8'): Promise<string | Uint8Array> {
  try {
    return await readFile(join(folder, path), encoding);
  } catch (error) {
    throw new Problem(`${folder} is no model bundle: ${path} cannot be read. Make it: npx nx run exporter:export`, {
      cause: error,
    });
  }
}
