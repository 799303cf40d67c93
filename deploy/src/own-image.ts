import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { workspaceRoot } from '@mnist-edge/command';
import { parseDockerfile, type Stage } from './dockerfile.ts';
import { type BuiltImage, buildImage, folderBytes } from './image.ts';

const run = promisify(execFile);

/** This project's image, by its Dockerfile's steps. @throws {Problem} for a step that fails */
export async function buildOwnImage(
  folder: string,
  onStep: (step: string) => void,
): Promise<{ readonly stages: readonly Stage[]; readonly image: BuiltImage }> {
  const stages = parseDockerfile(await readFile(join(import.meta.dirname, '../Dockerfile'), 'utf8'));
  // The files of the checkout that Git does not ignore: what .dockerignore leaves.
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: workspaceRoot,
    maxBuffer: 2 ** 26,
  });
  const files = stdout.split('\0').filter((file) => file !== '' && existsSync(join(workspaceRoot, file)));
  return { stages, image: await buildImage(stages, { from: workspaceRoot, files }, folder, onStep) };
}

/** What the image's files come to beside its base image: bytes of each part, and of all. */
export async function sizesOf({ workdir, root }: BuiltImage): Promise<readonly (readonly [string, number])[]> {
  const at = (...path: string[]) => bytesOf(join(workdir, ...path));
  const parts: [string, number][] = [
    ['onnxruntime, this platform’s library alone', await at('node_modules/onnxruntime-node')],
    ['libvips, which reads pictures', await at('node_modules/@img')],
    ['the web page with its WebAssembly runtime, and a brotli copy of each file', await at('apps/web/dist')],
    ['models', await at('models')],
    ['the server', await at('apps/server')],
  ];
  const packages = await at('node_modules');
  parts.push(['all other packages', packages - parts[0]![1] - parts[1]![1]]);
  return [...parts.sort((a, b) => b[1] - a[1]), ['all', await folderBytes(root)]];
}

async function bytesOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null)) === null ? 0 : folderBytes(path);
}
