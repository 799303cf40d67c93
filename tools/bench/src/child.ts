import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { shown, workspaceRoot } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';

/** How long a server may take to be ready, in ms. */
const PATIENCE = 30_000;
/** Of what a process wrote, the end that is kept for an error message. */
const LAST_WORDS = 2000;

/** A server in a process of its own. */
export interface ChildServer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * Starts a server in a process of its own and waits until it answers.
 * @param program what Node is given: its flags, then the file
 * @param args the file's arguments but for the port, which is appended as `--port <number>`
 * @param readyPath answered with 200 once it is ready
 * @param env further variables of its environment
 * @throws {Problem} with what it wrote, when it ends or does not answer
 */
export async function startChildServer(
  program: readonly string[],
  args: readonly string[],
  readyPath: string,
  env: NodeJS.ProcessEnv = {},
): Promise<ChildServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { child, lastWords } = startNode([...program, ...args, '--port', String(port)], env);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill();
    await ended;
  };
  const giveUp = performance.now() + PATIENCE;
  for (;;) {
    const ready = await fetch(`${url}${readyPath}`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return { url, pid: child.pid!, stop };
    if (child.exitCode !== null || child.signalCode !== null || performance.now() > giveUp) {
      await stop();
      throw new Problem(
        `${shown(program.at(-1)!)} did not become ready at ${url}${readyPath}. It wrote: ${lastWords() || 'nothing'}`,
      );
    }
    await wait(50);
  }
}

/**
 * Runs a command line of this workspace to its end.
 * @param file a TypeScript file
 * @param watch called with its process number every `interval` ms while it runs
 * @throws {Problem} with what it wrote, when it fails
 */
export async function runToEnd(
  file: string,
  args: readonly string[],
  watch?: (pid: number) => void,
  interval = 1000,
): Promise<void> {
  const { child, lastWords } = startNode(['--import', import.meta.resolve('tsx'), file, ...args]);
  const timer = watch && setInterval(() => watch(child.pid!), interval);
  try {
    const [code, signal] = await once(child, 'exit');
    if (code !== 0) {
      throw new Problem(`${shown(file)} ${args.join(' ')} ended with ${signal ?? code}. It wrote: ${lastWords()}`);
    }
  } finally {
    clearInterval(timer);
  }
}

function startNode(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): { child: ChildProcess; lastWords: () => string } {
  const child = spawn(process.execPath, args, {
    cwd: workspaceRoot,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  const listen = (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-LAST_WORDS);
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  return { child, lastWords: () => words.trim() };
}

/** A port that nothing listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port');
  return address.port;
}
