import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';

const compress = promisify(brotliCompress);

/** What is worth compressing; pictures already are. */
const TEXT_AND_CODE = /\.(html|js|css|json|svg|webmanifest|wasm|onnx)$/;

/**
 * Puts a brotli copy (`.br`) beside each file of a build, as small as brotli can, for hosts that send such copies.
 * onnxruntime's .wasm file takes a minute, and is the same in every build: copies are kept by the hash of what is in them.
 * @param dist the build's folder
 * @param kept the folder to keep copies in
 */
export async function compressBuild(dist: string, kept: string): Promise<void> {
  const entries = await readdir(dist, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && TEXT_AND_CODE.test(entry.name));
  // One after another: a file that is there twice is compressed once.
  for (const { parentPath, name } of files) await compressFile(join(parentPath, name), kept);
}

async function compressFile(path: string, kept: string): Promise<void> {
  const bytes = await readFile(path);
  const copy = join(kept, `${createHash('sha256').update(bytes).digest('hex')}.br`);
  if (!existsSync(copy)) {
    const params = { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    await mkdir(kept, { recursive: true });
    await writeFile(`${copy}.${process.pid}`, await compress(bytes, { params }));
    await rename(`${copy}.${process.pid}`, copy);
  }
  await writeFile(`${path}.br`, await readFile(copy));
}
