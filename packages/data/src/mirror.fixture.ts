import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { PIXELS, SIDE } from '@mnist-edge/recognizer';
import { onTestFinished } from 'vitest';
import { sha256 } from './dataset.ts';
import type { FetchSettings } from './mirror.ts';
import { createRandom } from './random.ts';
import type { RawFile, Source } from './source.ts';

/** An IDX file of bytes. */
export function formatIdx(dimensions: readonly number[], data: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.writeUInt32BE(0x0800 | dimensions.length);
  dimensions.forEach((size, i) => {
    header.writeUInt32BE(size, 4 + 4 * i);
  });
  return Buffer.concat([header, data]);
}

/** Four raw IDX files, by their role in a source. */
export interface TinyFiles {
  readonly trainImages: Buffer;
  readonly trainLabels: Buffer;
  readonly testImages: Buffer;
  readonly testLabels: Buffer;
}

/** A dataset of noise: 40 images to train on and 10 to test. */
export function tinyFiles(seed = 1): TinyFiles {
  const random = createRandom(seed);
  const bytes = (length: number, below: number) => Uint8Array.from({ length }, () => random.whole(below));
  return {
    trainImages: formatIdx([40, SIDE, SIDE], bytes(40 * PIXELS, 256)),
    trainLabels: formatIdx([40], bytes(40, 10)),
    testImages: formatIdx([10, SIDE, SIDE], bytes(10 * PIXELS, 256)),
    testLabels: formatIdx([10], bytes(10, 10)),
  };
}

/** The source that publishes these files. */
export function tinySource(files: TinyFiles, mirrors: readonly string[] = []): Source {
  const raw = (name: string, bytes: Buffer): RawFile => ({ name, bytes: bytes.length, sha256: sha256(bytes) });
  return {
    name: 'tiny',
    description: 'Noise, for tests.',
    labels: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    trainImages: raw('train-images', files.trainImages),
    trainLabels: raw('train-labels', files.trainLabels),
    testImages: raw('test-images', files.testImages),
    testLabels: raw('test-labels', files.testLabels),
    validation: 8,
    mirrors,
  };
}

/** What a mirror holds, by file name. */
export type MirrorFiles = Record<string, Buffer>;

/** The four files gzipped, under the names that `tinySource` gives them. */
export function gzipped(files: TinyFiles): MirrorFiles {
  return {
    'train-images.gz': gzipSync(files.trainImages),
    'train-labels.gz': gzipSync(files.trainLabels),
    'test-images.gz': gzipSync(files.testImages),
    'test-labels.gz': gzipSync(files.testLabels),
  };
}

/** A folder that is gone when the test is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mnist-edge-data-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function writeMirror(folder: string, files: MirrorFiles): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  return folder;
}

/** A server on this machine until the test is over; the address ends with a slash. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** A well-behaved file server: ETag, Range, If-Range. The requests it gets are pushed to `seen`. */
export function fileServer(files: MirrorFiles, seen: IncomingMessage[] = []): RequestListener {
  return (request, response) => {
    seen.push(request);
    const file = files[request.url!.slice(1)];
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    const etag = `"${sha256(file).slice(0, 8)}"`;
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? Number.NaN);
    if (start < file.length && request.headers['if-range'] === etag) {
      response.writeHead(206, {
        etag,
        'content-length': file.length - start,
        'content-range': `bytes ${start}-${file.length - 1}/${file.length}`,
      });
      response.end(file.subarray(start));
    } else {
      response.writeHead(200, { etag, 'content-length': file.length }).end(file);
    }
  };
}

/** Settings that neither wait nor print. */
export function quickSettings(downloads: string): FetchSettings {
  return {
    downloads,
    patience: 2_000,
    pauses: [0, 0],
    startProgress: () => ({ update: () => {}, stop: () => {} }),
  };
}

/** Every file below a folder with its bytes, hidden ones too. */
export async function snapshot(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(files.sort().map(async (path) => [path, (await readFile(path)).toString('hex')]));
  return Object.fromEntries(contents);
}
