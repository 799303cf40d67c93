import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, createWriteStream, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Outcome {
  /** Exit code; 127 when there is no such command, as in a shell; null when it was killed. */
  readonly code: number | null;
  /** The end of what it printed on both outputs, 64 KiB at most. */
  readonly output: string;
}

/** How much of a child's output is kept for the message if it fails; the log file has all of it. */
const KEPT = 64 * 1024;

export interface ChildOptions {
  readonly env: Environment;
  /** A file that everything it prints is added to. */
  readonly log: string;
  readonly cwd?: string;
}

/** Runs a command that takes its time; its output goes to the log file and, in part, into the outcome. */
export function runChild(command: string, args: readonly string[], options: ChildOptions): Promise<Outcome> {
  const { log, ...rest } = options;
  const file = createWriteStream(log, { flags: 'a' });
  file.write(`\n$ ${[command, ...args].join(' ')}\n`);
  return new Promise((resolve, reject) => {
    file.on('error', reject);
    let output = '';
    const keep = (chunk: string) => {
      output = (output + chunk).slice(-KEPT);
      file.write(chunk);
    };
    const child = spawn(command, args, { ...rest, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    let code: number | null = 127;
    child.on('error', (error) => keep(`${command}: ${error.message}\n`));
    child.on('exit', (exit) => {
      code = exit;
    });
    child.on('close', () => file.end(() => resolve({ code, output })));
  });
}

/** What a quick command prints, without space at the ends; null when it fails or is not there. */
export function ask(command: string, args: readonly string[], env: Environment, cwd?: string): string | null {
  const { status, stdout } = spawnSync(command, args, { env, cwd, encoding: 'utf8', timeout: 20_000 });
  return status === 0 ? stdout.trim() : null;
}

/** The absolute path of a command on PATH, or null. */
export function which(command: string, env: Environment): string | null {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, command)).find(isExecutable) ?? null;
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
