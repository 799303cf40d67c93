import { spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { PIXELS, Problem, SIDE } from '@mnist-edge/recognizer';
import { CommanderError } from 'commander';
import { beforeEach, describe, expect, test } from 'vitest';
import { readDatasetInfo, readSplit, sha256 } from './dataset.ts';
import {
  fileServer,
  formatIdx,
  gzipped,
  type MirrorFiles,
  quickSettings,
  serve,
  snapshot,
  type TinyFiles,
  temporaryFolder,
  tinyFiles,
  tinySource,
  writeMirror,
} from './mirror.fixture.ts';
import { prepareCommand } from './prepare-command.ts';
import { prepareSource } from './prepare-source.ts';
import type { Source } from './source.ts';

const files = tinyFiles(1);
const good = gzipped(files);

/** A folder with a mirror in it, where a command line is run; a fresh one for each test. */
let folder: string;
let said: string[];

beforeEach(async () => {
  folder = await temporaryFolder();
  said = [];
});

/** Runs the command line in the folder; the message it ends with, or null when all is well. */
async function prepare(args: readonly string[], source: Source = tinySource(files), mirror?: string) {
  let printed = '';
  const program = prepareCommand({
    ...quickSettings(join(folder, 'downloads')),
    sources: [source],
    base: folder,
    mirror,
    pictures: undefined,
    say: (line) => said.push(line),
  }).configureOutput({ writeErr: (text) => (printed += text), writeOut: (text) => (printed += text) });
  try {
    await program.parseAsync(['node', 'main.ts', ...args]);
    return null;
  } catch (error) {
    if (error instanceof CommanderError) return printed;
    if (error instanceof Problem) return error.message;
    throw error;
  }
}

describe('a dataset is prepared', () => {
  test("from a public mirror where the environment's has nothing of it, or files of another dataset by the same names", async () => {
    await writeMirror(join(folder, 'public'), good);
    const source = tinySource(files, [join(folder, 'public')]);
    expect(await prepare(['--out', 'a'], source, 'nowhere')).toBeNull();
    await writeMirror(join(folder, 'other'), gzipped(tinyFiles(2)));
    expect(await prepare(['--out', 'b'], source, 'other')).toBeNull();
    // A mirror that a person names for this dataset is the only one.
    expect(await prepare(['--out', 'c', '--mirror', 'other'], source)).toMatch(/could not be had/);
  });

  test('from a mirror folder that is typed relative to where the person is', async () => {
    await writeMirror(join(folder, 'mirror'), good);
    expect(await prepare(['--mirror', 'mirror', '--out', 'out'])).toBeNull();
    const info = await readDatasetInfo(join(folder, 'out'));
    expect(info).toMatchObject({ name: 'tiny', counts: { train: 32, validation: 8, test: 10 } });
    expect(Object.keys(info.rawFiles)).toEqual(['train-images', 'train-labels', 'test-images', 'test-labels']);
    expect(info.rawFiles['train-images']).toBe(sha256(files.trainImages));
    expect(said).toEqual([`${folder}/out is prepared: 32 images to train on, 8 to validate, 10 to test.`]);
  });

  test('from a server', async () => {
    const mirror = await serve(fileServer(good));
    expect(await prepare(['--mirror', mirror, '--out', 'out'])).toBeNull();
    expect((await readSplit(join(folder, 'out'), 'test')).count).toBe(10);
  });

  test('from the mirror of the environment, unless one is typed', async () => {
    await writeMirror(join(folder, 'mirror'), good);
    expect(await prepare(['--out', 'out'], tinySource(files), 'mirror')).toBeNull();
    expect(await prepare(['--out', 'other', '--mirror', 'mirror'], tinySource(files), 'nowhere')).toBeNull();
  });

  test("from the source's own mirrors when none is given", async () => {
    const source = tinySource(files, [await serve(fileServer({})), await serve(fileServer(good))]);
    expect(await prepare(['--out', 'out'], source, '')).toBeNull();
  });

  test('to the same bytes from whatever mirror', async () => {
    await writeMirror(join(folder, 'mirror'), good);
    await prepare(['--mirror', 'mirror', '--out', 'a']);
    await prepare(['--mirror', await serve(fileServer(good)), '--out', 'b']);
    expect(Object.values(await snapshot(join(folder, 'a')))).toEqual(Object.values(await snapshot(join(folder, 'b'))));
  });

  test('with every image once, its label with it', async () => {
    await writeMirror(join(folder, 'mirror'), good);
    await prepare(['--mirror', 'mirror', '--out', 'out']);
    const pairs = (images: Uint8Array, labels: Uint8Array) =>
      Array.from(labels, (label, i) => `${label} ${sha256(images.subarray(i * PIXELS, (i + 1) * PIXELS))}`);
    const train = await readSplit(join(folder, 'out'), 'train');
    const validation = await readSplit(join(folder, 'out'), 'validation');
    const published = pairs(files.trainImages.subarray(16), files.trainLabels.subarray(8));
    expect([...pairs(train.images, train.labels), ...pairs(validation.images, validation.labels)].sort()).toEqual(
      published.sort(),
    );
  });

  test('once: when it is there and intact it is left alone, without its mirror', async () => {
    await writeMirror(join(folder, 'mirror'), good);
    await prepare(['--mirror', 'mirror', '--out', 'out']);
    await rm(join(folder, 'mirror'), { recursive: true });
    expect(await prepare(['--mirror', 'mirror', '--out', 'out'])).toBeNull();
    expect(said[1]).toBe(
      `${folder}/out is already prepared and intact: 32 images to train on, 8 to validate, 10 to test.`,
    );
  });

  test('anew when a file of it was changed', async () => {
    await writeMirror(join(folder, 'mirror'), good);
    await prepare(['--mirror', 'mirror', '--out', 'out']);
    const before = await snapshot(join(folder, 'out'));
    await writeFile(join(folder, 'out', 'train.bin'), 'changed');
    expect(await prepare(['--mirror', 'mirror', '--out', 'out'])).toBeNull();
    expect(await snapshot(join(folder, 'out'))).toEqual(before);
  });

  test('when the connection breaks in the middle: the download goes on where it was', async () => {
    const ranges: (string | undefined)[] = [];
    const whole = fileServer(good);
    const mirror = await serve((request, response) => {
      if (request.url !== '/train-images.gz') return whole(request, response);
      ranges.push(request.headers.range);
      if (ranges.length > 1) return whole(request, response);
      const file = good['train-images.gz']!;
      response.writeHead(200, { etag: `"${sha256(file).slice(0, 8)}"`, 'content-length': file.length });
      response.write(file.subarray(0, 10_000), () => setTimeout(() => request.socket.destroy(), 20));
    });
    expect(await prepare(['--mirror', mirror, '--out', 'out'])).toBeNull();
    expect(ranges).toEqual([undefined, 'bytes=10000-']);
  });
});

describe('synthetic digits', () => {
  const few = ['--dataset', 'synthetic', '--train', '20', '--validation', '5', '--test', '6', '--out', 'out'];

  test('are drawn with no mirror, the same for the same seed, and are never called MNIST', async () => {
    expect(await prepare(few, tinySource(files), 'a mirror that is not there')).toBeNull();
    const once = await snapshot(join(folder, 'out'));
    const info = await readDatasetInfo(join(folder, 'out'));
    expect(info).toMatchObject({ name: 'synthetic', counts: { train: 20, validation: 5, test: 6 }, rawFiles: {} });
    expect(info.description).toMatch(/^Synthetic: .* Not MNIST/);
    expect(said[0]).toMatch(/It is synthetic: drawn, not MNIST\.$/);
    await rm(join(folder, 'out'), { recursive: true });
    await prepare(few);
    expect(await snapshot(join(folder, 'out'))).toEqual(once);
  });

  test('are left alone when they are there, and drawn anew for another seed or count', async () => {
    await prepare(few);
    await prepare(few);
    expect(said[1]).toMatch(/is already prepared and intact/);
    await prepare([...few, '--seed', '2']);
    expect((await readDatasetInfo(join(folder, 'out'))).splitSeed).toBe(2);
    await prepare([...few, '--seed', '2', '--test', '7']);
    expect((await readDatasetInfo(join(folder, 'out'))).counts.test).toBe(7);
  });
});

describe('a bad input is refused with what was expected, what was found and what to do', () => {
  const next = ['Next: put train-images.gz, train-labels.gz', '--dataset=tiny --mirror=FOLDER', '--dataset=synthetic'];
  const cut = good['train-images.gz']!.subarray(0, 20_000);
  const withByte = (at: number, byte: number) => {
    const bytes = Buffer.from(good['train-images.gz']!);
    bytes[at] = bytes[at] === byte ? byte ^ 1 : byte;
    return bytes;
  };
  const swapped = { ...good, 'train-images.gz': good['train-labels.gz']!, 'train-labels.gz': good['train-images.gz']! };
  const others = tinyFiles(2);
  const published = `${files.trainImages.length} bytes with SHA-256 ${sha256(files.trainImages)}`;

  /** A mirror folder whose files differ from the good ones. */
  const mirrorOf = (changed: MirrorFiles, missing?: string) => async () => {
    const held = { ...good, ...changed };
    if (missing !== undefined) delete held[missing];
    await writeMirror(join(folder, 'mirror'), held);
    return ['--mirror=mirror', '--out=out'];
  };
  const trainImages = (bytes: Buffer) => mirrorOf({ 'train-images.gz': bytes });
  const server = (listener: RequestListener) => async () => [`--mirror=${await serve(listener)}`, '--out=out'];
  /** A publisher whose own files are at odds. */
  const publishedAs = (changed: Partial<TinyFiles>) => {
    const bad = { ...files, ...changed };
    return { source: tinySource(bad), args: mirrorOf(gzipped(bad)) };
  };
  const typed =
    (...args: string[]) =>
    async () =>
      args;

  interface Row {
    readonly args: () => Promise<string[]>;
    readonly source?: Source;
    readonly says: readonly string[];
  }

  const rows: Record<string, Row> = {
    'a gzip file that was cut short': {
      args: trainImages(cut),
      says: [
        'mirror/train-images.gz is cut short: its gzip data ends too early, after 20000 bytes; expected 31376 bytes unpacked.',
        ...next,
      ],
    },
    'a gzip file with a wrong byte': {
      args: trainImages(withByte(5000, 0x55)),
      says: ['mirror/train-images.gz is corrupt: its gzip data cannot be unpacked (incorrect data check)', ...next],
    },
    'a gzip file that is nonsense behind its header': {
      args: trainImages(withByte(10, 0xff)),
      says: ['mirror/train-images.gz is corrupt: its gzip data cannot be unpacked (invalid block type)', ...next],
    },
    'no gzip file at all': {
      args: trainImages(Buffer.from('<html>Please log in</html>')),
      says: [
        'mirror/train-images.gz is no IDX file of bytes',
        'found 0x3c68746d, the text "<html>Please log"',
        `Expected train-images: ${published}`,
        ...next,
      ],
    },
    'an IDX file with another content': {
      args: trainImages(gzipSync(others.trainImages)),
      says: [
        'mirror/train-images.gz is not the published file.',
        `Expected train-images: ${published}; found 31376 bytes with ${sha256(others.trainImages)}.`,
        ...next,
      ],
    },
    'images and labels swapped': {
      args: mirrorOf(swapped),
      says: [
        'mirror/train-labels.gz: expected a label file (magic number 0x00000801), found an image file (0x00000803).',
        `which is train-images: the files are swapped.`,
        ...next,
      ],
    },
    'training and test files swapped': {
      args: mirrorOf({ 'train-labels.gz': good['test-labels.gz']! }),
      says: [
        'mirror/train-labels.gz is not the published file.',
        'which is test-labels: the files are swapped.',
        ...next,
      ],
    },
    'a wrong magic number': {
      args: trainImages(gzipSync(Buffer.concat([Buffer.of(0, 0, 0x0d, 3), files.trainImages.subarray(4)]))),
      says: ['expected a magic number such as 0x00000803 (images)', 'found 0x00000d03.', published, ...next],
    },
    'bytes after the end': {
      args: trainImages(gzipSync(Buffer.concat([files.trainImages, Buffer.from('more')]))),
      says: [
        'has bytes after its end: its header says 40 × 28 × 28, so 31376 bytes were expected, and it has 31380.',
        ...next,
      ],
    },
    'an IDX file that was cut before it was packed': {
      args: trainImages(gzipSync(files.trainImages.subarray(0, 20_000))),
      says: ['is cut short: its header says 40 × 28 × 28, so 31376 bytes were expected, and it has 20000.', ...next],
    },
    'an empty file': {
      args: trainImages(Buffer.alloc(0)),
      says: ['mirror/train-images.gz is empty: expected 31376 bytes, gzipped or not.', ...next],
    },
    'a gzip file that unpacks without end': {
      args: trainImages(gzipSync(Buffer.alloc(10_000_000))),
      says: [
        'mirror/train-images.gz is not the published file: it unpacks to far more than the 31376 bytes expected.',
        ...next,
      ],
    },
    'as many labels as there are not images': {
      ...publishedAs({ trainLabels: formatIdx([39], new Uint8Array(39)) }),
      says: [
        'train-images holds 40 images and train-labels 39 labels: expected as many of one as of the other.',
        ...next,
      ],
    },
    'images of another size': {
      ...publishedAs({ testImages: formatIdx([10, 20, 30], new Uint8Array(6000)) }),
      says: ['mirror/test-images.gz: expected images of 28 × 28 pixels, found 20 × 30.', ...next],
    },
    'a label above 9': {
      ...publishedAs({ testLabels: formatIdx([10], Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 10)) }),
      says: ['mirror/test-labels.gz: expected labels from 0 to 9, found 10 at index 9.', ...next],
    },
    'fewer images than are set aside': {
      ...publishedAs({
        trainImages: formatIdx([8, SIDE, SIDE], new Uint8Array(8 * PIXELS)),
        trainLabels: formatIdx([8], new Uint8Array(8)),
      }),
      says: [
        'train-images holds 8 images, and 8 are to be set aside for validation: none would be left to train on.',
        ...next,
      ],
    },
    'a mirror folder without one of the files': {
      args: mirrorOf({}, 'test-images.gz'),
      says: ['mirror has neither test-images.gz nor test-images (no such file).', ...next],
    },
    'a mirror folder that is not there': {
      args: typed('--mirror=nowhere', '--out=out'),
      says: ['nowhere: there is no such folder (ENOENT).', ...next],
    },
    'a mirror that is a file': {
      args: async () => {
        await writeFile(join(folder, 'mirror.zip'), '');
        return ['--mirror=mirror.zip', '--out=out'];
      },
      says: ['mirror.zip is a file; a mirror is a folder or a base URL.', ...next],
    },
    'a mirror of a kind that is not known': {
      args: typed('--mirror=ftp://host/mnist', '--out=out'),
      says: ['The mirror "ftp://host/mnist" is neither a folder nor a valid URL that begins with http:// or https://.'],
    },
    'a server that has no such files': {
      args: server((_, response) => response.writeHead(404).end()),
      says: ['has neither train-labels.gz nor train-labels (HTTP 404 Not Found).', ...next],
    },
    'a server that fails': {
      args: server((_, response) => response.writeHead(500).end()),
      says: ['train-labels.gz: the server answered HTTP 500 Internal Server Error.', ...next],
    },
    'a server that is not there': {
      args: async () => {
        // A port that was free a moment ago.
        const mirror = await closedPort();
        return [`--mirror=${mirror}`, '--out=out'];
      },
      says: ['train-labels.gz: the connection was refused (ECONNREFUSED).', ...next],
    },
    'a server that cuts every connection': {
      args: server((request, response) => {
        response.writeHead(200, { 'content-length': 1000 });
        response.write('x', () => setTimeout(() => request.socket.destroy(), 5));
      }),
      says: ['train-labels.gz: the connection was cut', ...next],
    },
    'a server with a login page in place of the files': {
      args: server((_, response) => response.end('<!DOCTYPE html><title>Welcome to Hotel Wi-Fi</title>')),
      says: ['train-labels.gz is no IDX file of bytes', 'the text "<!DOCTYPE html><".', ...next],
    },
    'a server that announces far too much': {
      args: server((_, response) => response.writeHead(200, { 'content-length': 10 ** 12 }).end()),
      says: ['train-labels.gz: expected at most 65584 bytes, the server announces 1000000000000.', ...next],
    },
    'a download folder that cannot be made': {
      args: async () => {
        await writeFile(join(folder, 'downloads'), 'in the way');
        return [`--mirror=${await serve(fileServer(good))}`, '--out=out'];
      },
      says: ['While writing ', 'downloads', 'Move it away and run the same command again.'],
    },
    'a target below a file': {
      args: async () => {
        await writeFile(join(folder, 'file'), 'in the way');
        return [...(await mirrorOf({})()).slice(0, 1), '--out=file/out'];
      },
      says: ['file/out is a file, or lies below one. Choose another folder with --out.'],
    },
    "a target with somebody's files": {
      args: async () => {
        await mkdir(join(folder, 'letters'));
        await writeFile(join(folder, 'letters', 'love.txt'), 'Dear');
        return [...(await mirrorOf({})()).slice(0, 1), '--out=letters'];
      },
      says: ['letters holds other files (love.txt) and no dataset; it is left as it is.'],
    },
    'pictures for a dataset that is not made from them': {
      args: typed('--from=pictures', '--out=out'),
      says: ['--from is not for --dataset tiny: only --dataset folder is made from pictures.'],
    },
    'a dataset from pictures, and none are named': {
      args: typed('--dataset=folder', '--out=out'),
      says: ['--dataset folder needs to know where the pictures are: --from FOLDER (or MNIST_EDGE_FOLDER=FOLDER)'],
    },
    'a mirror for pictures': {
      args: typed('--dataset=folder', '--from=pictures', '--mirror=mirror', '--out=out'),
      says: ['--mirror is not for --dataset folder: its pictures and their hashes decide everything.'],
    },
    'an unknown dataset': {
      args: typed('--dataset=imagenet', '--out=out'),
      says: ["option '--dataset <name>' argument 'imagenet' is invalid. Allowed choices are tiny, folder, synthetic."],
    },
    'an unknown option': {
      args: typed('--miror', 'x', '--out=out'),
      says: ["unknown option '--miror'", '(Did you mean --mirror?)', '--help'],
    },
    'a surplus argument': {
      args: typed('mnist', '--out=out'),
      says: ['too many arguments', '--help'],
    },
    'an option without its value': {
      args: typed('--out=out', '--mirror'),
      says: ["option '--mirror <folder|url>' argument missing"],
    },
    'no digits to draw': {
      args: typed('--dataset=synthetic', '--train=0', '--out=out'),
      says: ["option '--train <count>' argument '0' is invalid. Expected a whole number from 1 to 1000000."],
    },
    'a seed that is none': {
      args: typed('--dataset=synthetic', '--seed=-1', '--out=out'),
      says: ["option '--seed <number>' argument '-1' is invalid. Expected a whole number from 0 to 4294967295."],
    },
    'a seed for a dataset that is not drawn': {
      args: typed('--seed=1', '--out=out'),
      says: [
        '--seed is not for --dataset tiny: its images and its split are fixed, so that results compare. Leave it out.',
      ],
    },
    'a mirror for a dataset that is not fetched': {
      args: typed('--dataset=synthetic', '--mirror=x', '--out=out'),
      says: ['--mirror is not for --dataset synthetic: nothing is fetched for it. Leave it out.'],
    },
  };

  test.each(Object.entries(rows))('%s', async (_, { args, source, says }) => {
    // An earlier dataset, of other files, lies where the new one should go.
    const earlier = await writeMirror(join(folder, 'earlier'), gzipped(others));
    await prepareSource(tinySource(others, [earlier]), join(folder, 'out'), quickSettings(folder), () => {});
    const line = await args();
    const before = await snapshot(folder);

    const message = await prepare(line, source);

    for (const words of says) expect(message).toContain(words);
    expect(message).not.toContain('undefined');
    const after = await snapshot(folder);
    const lost = Object.keys(before).filter((path) => after[path] !== before[path]);
    const left = Object.keys(after).filter((path) => !(path in before) && !path.startsWith(join(folder, 'downloads/')));
    expect({ lost, left }).toEqual({ lost: [], left: [] });
    expect(said).toEqual([]);
  });
});

async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/`;
}

describe('main.ts', () => {
  async function main(...args: string[]) {
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', ...args], {
      env: { ...process.env, INIT_CWD: folder },
    });
    const [out, err, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise((resolve) => child.on('close', resolve)),
    ]);
    return { out, err, code };
  }

  test('prepares in the folder where the person is', async () => {
    const { out, code } = await main(
      'prepare',
      '--dataset=synthetic',
      '--train=3',
      '--validation=2',
      '--test=1',
      '--out=out',
    );
    expect(out).toContain(`${folder}/out is prepared: 3 images to train on, 2 to validate, 1 to test.`);
    expect(code).toBe(0);
    expect((await readSplit(join(folder, 'out'), 'train')).count).toBe(3);
  });

  test('ends with a message and exit code 1 when it cannot', async () => {
    const { err, code } = await main('prepare', '--mirror=nowhere', '--out=out');
    expect(err).toContain('data: train-labels-idx1-ubyte of mnist could not be had.');
    expect(err).toContain(`${folder}/nowhere: there is no such folder`);
    expect(code).toBe(1);
  });
});
