import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceRoot } from '@mnist-edge/command';
import { drawStrokes, type Stroke } from '@mnist-edge/recognizer';
import { readSettings, startServer } from '@mnist-edge/server';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder: string;

const one: Stroke[] = [
  [
    { x: 140, y: 40 },
    { x: 135, y: 240 },
  ],
];
const seven: Stroke[] = [
  [
    { x: 60, y: 50 },
    { x: 210, y: 50 },
    { x: 120, y: 240 },
  ],
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-edge-cli-'));
  await draw('one.png', one);
  await draw('seven.jpg', seven);
  await draw('blank.png', []);
  await writeFile(join(folder, 'notes.txt'), 'seven');
  await writeFile(join(folder, 'cut.png'), (await picture(one).png().toBuffer()).subarray(0, 60));
  await mkdir(join(folder, 'folder.png'));
});

afterAll(() => rm(folder, { recursive: true }));

function picture(strokes: readonly Stroke[]) {
  const { width, height, pixels } = drawStrokes(strokes, { width: 280, height: 280, pen: 22 });
  return sharp(pixels, { raw: { width, height, channels: 1 } }).negate();
}

async function draw(name: string, strokes: readonly Stroke[]): Promise<void> {
  const file = join(folder, name);
  await (name.endsWith('.jpg') ? picture(strokes).jpeg() : picture(strokes).png()).toFile(file);
}

interface Run {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

/** Runs the command as `npx mnist-edge` does, in the folder of the pictures. */
function cli(...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    const child = execFile(
      join(workspaceRoot, 'node_modules/.bin/mnist-edge'),
      args,
      { cwd: folder, encoding: 'utf8' },
      (_error, out, errors) => resolve({ code: child.exitCode ?? -1, out, errors }),
    );
  });
}

const lines = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('a table: each file, its digit, how sure', async () => {
  const { code, out, errors } = await cli('classify', 'one.png', 'seven.jpg', 'blank.png');
  expect(errors).toBe('');
  expect(out).toMatch(/one\.png +│ +1 +│ +\d+\.\d %/);
  expect(out).toMatch(/seven\.jpg +│ +7 +│/);
  expect(out).toMatch(/blank\.png +│ +– +│ +│ nothing is drawn there/);
  expect(out).toMatch(/3 of 3 pictures · digits \d+\.\d+\.\d+\n$/);
  expect(code).toBe(0);
}, 120_000);

test('one bad file does not stop the rest; each says what is wrong with it, and the exit code tells', async () => {
  const files = ['cut.png', 'one.png', 'missing.png', 'notes.txt', 'folder.png', 'seven.jpg'];
  const { code, out } = await cli('classify', '--json', ...files);
  const found = lines(out);
  expect(found.map(({ file }) => file)).toEqual(files);
  expect(found[1]).toMatchObject({ digit: 1, label: '1', rejection: null });
  expect(found[1]!.probabilities).toHaveLength(10);
  expect(found[5]).toMatchObject({ digit: 7 });
  expect(found.filter(({ error }) => error !== undefined).map(({ file, error }) => `${file}: ${error}`)).toEqual([
    expect.stringContaining('cut.png: The body begins like a PNG but cannot be decoded'),
    'missing.png: There is no such file.',
    expect.stringMatching(/^notes\.txt: .*PNG/),
    expect.stringContaining('folder.png: This is a folder.'),
  ]);
  expect(code).toBe(1);
}, 120_000);

test('a server says the same; many files show a progress bar, which is not in the way of the output', async () => {
  const server = await startServer(readSettings(['--port', '0', '--log-level', 'silent'], {}));
  try {
    const files = Array.from({ length: 24 }, (_, k) => (k % 2 === 0 ? 'one.png' : 'seven.jpg'));
    const { code, out, errors } = await cli('classify', '--json', '--server', server.url, ...files);
    expect(errors).toContain('classify');
    expect(lines(out).map(({ digit }) => digit)).toEqual(files.map((file) => (file === 'one.png' ? 1 : 7)));
    const alone = lines((await cli('classify', '--json', 'one.png')).out)[0]!;
    expect(lines(out)[0]).toEqual(alone);
    expect(code).toBe(0);
  } finally {
    await server.close();
  }
}, 120_000);

test('the 8-bit model, by --precision', async () => {
  const [small, wrong, both] = await Promise.all([
    cli('classify', '--precision', 'int8', 'one.png', 'seven.jpg'),
    cli('classify', '--precision', 'fp16', 'one.png'),
    cli('classify', '--precision', 'int8', '--server', 'http://127.0.0.1:9', 'one.png'),
  ]);
  expect(small).toMatchObject({
    code: 0,
    out: expect.stringMatching(/2 of 2 pictures · digits [\d.]+ in 8-bit integers\n$/),
  });
  expect(small.out).toMatch(/one\.png +│ +1 [\s\S]*seven\.jpg +│ +7 /);
  expect(wrong).toMatchObject({ code: 1, errors: expect.stringContaining('Expected one of fp32, int8.') });
  expect(both).toMatchObject({ code: 1, errors: expect.stringContaining('A server has its own') });
}, 120_000);

test('wrong use is told in a line, with the way out', async () => {
  const [none, address, nobody, option] = await Promise.all([
    cli('classify'),
    cli('classify', '--server', 'localhost', 'one.png'),
    cli('classify', '--server', 'http://127.0.0.1:9', 'one.png'),
    cli('classify', '--jsn', 'one.png'),
  ]);
  expect(none).toMatchObject({ code: 1, errors: expect.stringContaining("missing required argument 'files'") });
  expect(address).toMatchObject({ code: 1, errors: expect.stringContaining('Expected an address such as') });
  expect(nobody).toMatchObject({ code: 1, errors: expect.stringMatching(/cannot be reached.*npm start/) });
  expect(option).toMatchObject({ code: 1, errors: expect.stringContaining('--json') });
}, 120_000);
