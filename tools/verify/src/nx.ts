import { execFile, spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Problem } from '@mnist-edge/recognizer';
import type { Outcome, Task } from './verdict.ts';

export interface NxRun {
  readonly tasks: readonly Task[];
  /** By task id; a task that was not run has none. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
}

const nx = createRequire(import.meta.url).resolve('nx/bin/nx.js');

/** A cache of this checkout's own: left to itself, Nx shares one among all clones, and a check could pass for another's sake. */
function cacheFolder(root: string): string {
  return join(root, '.nx/cache');
}

/**
 * Plans an Nx command, runs it, and reads what became of each task.
 * @param args such as ['run-many', '-t', 'lint']
 * @param output whether what Nx prints goes straight to our own output or nowhere
 * @throws {Problem} when Nx cannot even plan it
 */
export async function runNx(args: readonly string[], root: string, output: 'inherit' | 'ignore'): Promise<NxRun> {
  const cache = cacheFolder(root);
  // The same plain output for a person and in CI, and no process that stays behind.
  const env = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NX_CACHE_DIRECTORY: cache };
  const tasks = await plan(args, root, env);
  const command = [...args, '--output-style=static'];
  await new Promise<void>((done, reject) => {
    const child = spawn(process.execPath, [nx, ...command], { cwd: root, env, stdio: output });
    child.on('error', reject).on('close', () => done());
  });
  const outcomes = new Map<string, Outcome>();
  for (const { taskId, status, hash } of (await readRecord(cache, command)).tasks) {
    const printed = await readFile(join(cache, 'terminalOutputs', hash), 'utf8').catch(() => '');
    outcomes.set(taskId, { ok: status === 0, output: printed });
  }
  return { tasks, outcomes };
}

/** Nx's record of its last run; a task that is not in it was not run. */
interface RunRecord {
  readonly run: { readonly command: string };
  readonly tasks: readonly { readonly taskId: string; readonly status: number; readonly hash: string }[];
}

async function readRecord(cache: string, command: readonly string[]): Promise<RunRecord> {
  const file = join(cache, 'run.json');
  const record = JSON.parse(await readFile(file, 'utf8').catch(() => 'null')) as RunRecord | null;
  const asked = `nx ${command.join(' ')}`;
  if (record?.run.command !== asked) {
    throw new Problem(
      `Nx left no record of "${asked}" in ${file} (there is ${record === null ? 'none' : `one of "${record.run.command}"`}). ` +
        'Another Nx run in this checkout may have ended at the same moment: run npm test again, alone.',
    );
  }
  await rm(file);
  return record;
}

interface TaskGraph {
  readonly tasks: {
    readonly tasks: Record<string, { readonly target: { readonly project: string; readonly target: string } }>;
    readonly dependencies: Record<string, readonly { readonly id: string }[]>;
  };
}

async function plan(args: readonly string[], root: string, env: NodeJS.ProcessEnv): Promise<Task[]> {
  // A message that goes into another message is better without colours.
  const options = { cwd: root, env: { ...env, FORCE_COLOR: '0', NO_COLOR: '1' }, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)(process.execPath, [nx, ...args, '--graph=stdout'], options).catch(
    (error: { stdout: string; stderr: string }) => {
      throw new Problem(`Nx cannot plan "nx ${args.join(' ')}":\n${`${error.stdout}${error.stderr}`.trim()}`);
    },
  );
  const { tasks, dependencies } = (JSON.parse(stdout) as TaskGraph).tasks;
  return Object.entries(tasks).map(([id, { target }]) => ({
    id,
    project: target.project,
    target: target.target,
    needs: (dependencies[id] ?? []).map((need) => need.id),
  }));
}
