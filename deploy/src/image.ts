import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { Problem } from '@mnist-edge/recognizer';
import type { Stage, Step } from './dockerfile.ts';

const run = promisify(execFile);

/** The last stage, built into a folder that stands for the image's root. */
export interface BuiltImage {
  /** Where the image's `/` is. */
  readonly root: string;
  /** The folder that its command starts in. */
  readonly workdir: string;
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Runs a Dockerfile's steps without a container engine: each stage gets a folder for its root, COPY copies, RUN runs
 * in a shell. What a base image holds beside Node is not there, so this tells whether the steps work, not all of what a
 * container would be.
 * @param context the files that `COPY . .` takes, relative to `from`
 * @throws {Problem} for a step that fails, with what it printed
 */
export async function buildImage(
  stages: readonly Stage[],
  context: { readonly from: string; readonly files: readonly string[] },
  folder: string,
  onStep: (step: string) => void,
): Promise<BuiltImage> {
  const roots = new Map<string, string>();
  let built: BuiltImage | null = null;
  for (const [index, stage] of stages.entries()) {
    const name = stage.name ?? `stage-${index}`;
    const root = join(folder, name);
    await mkdir(root, { recursive: true });
    roots.set(name, root);
    built = await buildStage(stage, root, roots, context, (step) => onStep(`${name}: ${step}`));
  }
  if (built === null) throw new Problem('The Dockerfile has no stage.');
  return built;
}

async function buildStage(
  stage: Stage,
  root: string,
  roots: ReadonlyMap<string, string>,
  context: { readonly from: string; readonly files: readonly string[] },
  onStep: (step: string) => void,
): Promise<BuiltImage> {
  let workdir = root;
  let variables: Record<string, string> = {};
  for (const step of stage.steps) {
    onStep(describe(step));
    switch (step.kind) {
      case 'workdir':
        workdir = join(root, step.path);
        await mkdir(workdir, { recursive: true });
        break;
      case 'env':
        variables = { ...variables, ...step.variables };
        break;
      case 'copy':
        await (step.from === null
          ? copyContext(step.sources, context, place(root, workdir, step.target))
          : copyFrom(roots.get(step.from), step.sources, place(root, workdir, step.target)));
        break;
      case 'run':
        await runStep(step.command, workdir, variables);
        break;
    }
  }
  return { root, workdir, variables };
}

function describe(step: Step): string {
  switch (step.kind) {
    case 'run':
      return step.command;
    case 'copy':
      return `COPY ${step.sources.join(' ')} → ${step.target}`;
    case 'env':
      return `ENV ${Object.keys(step.variables).join(' ')}`;
    case 'workdir':
      return `WORKDIR ${step.path}`;
  }
}

function place(root: string, workdir: string, path: string): string {
  return isAbsolute(path) ? join(root, path) : join(workdir, path);
}

async function copyContext(
  sources: readonly string[],
  { from, files }: { readonly from: string; readonly files: readonly string[] },
  target: string,
): Promise<void> {
  if (sources.join() !== '.') throw new Problem(`Only COPY . . takes from the checkout, not ${sources.join(' ')}.`);
  for (const file of files) {
    await mkdir(dirname(join(target, file)), { recursive: true });
    await cp(join(from, file), join(target, file), { verbatimSymlinks: true });
  }
}

/** As COPY does: a folder's content goes to the target; several files, or a target that ends in a slash, go into it. */
async function copyFrom(root: string | undefined, sources: readonly string[], target: string): Promise<void> {
  if (root === undefined) throw new Problem(`COPY --from a stage that is not there: ${sources.join(' ')}`);
  for (const source of sources) {
    const from = join(root, source);
    const isFolder = (await stat(from)).isDirectory();
    const into = !isFolder && (sources.length > 1 || target.endsWith('/'));
    const to = into ? join(target, basename(source)) : target;
    await mkdir(dirname(to), { recursive: true });
    await cp(from, to, { recursive: true, verbatimSymlinks: true });
  }
}

async function runStep(command: string, cwd: string, variables: Readonly<Record<string, string>>): Promise<void> {
  // A container has none of this shell's npm and Nx settings.
  const clean = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|NX_|NODE_ENV|VITEST|TEST$|INIT_CWD)/.test(name),
  );
  try {
    await run('sh', ['-c', command], { cwd, env: { ...Object.fromEntries(clean), ...variables }, maxBuffer: 2 ** 26 });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Problem(`This step failed: ${command}\n${`${stdout}\n${stderr}`.slice(-3000)}`);
  }
}

/** Bytes of all files below a folder. */
export async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}
