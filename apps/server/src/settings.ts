import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { command, whole, workspaceRoot } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';

export interface Settings {
  readonly host: string;
  /** 0 lets the system choose a free one. */
  readonly port: number;
  /** Folder of the model bundle. */
  readonly modelDir: string;
  /** Folder of the built web app; it may be missing. */
  readonly webDir: string;
  readonly maxJsonBytes: number;
  readonly maxImageBytes: number;
  /** The most images in one inference request. */
  readonly maxBatch: number;
  /** Images that may wait for the model; above it requests are refused with 503. */
  readonly maxQueue: number;
  /** How long a request may wait for the model. */
  readonly deadlineMs: number;
  /** For a request to arrive whole. */
  readonly requestTimeoutMs: number;
  /** For the requests under way to finish once the server is told to stop. */
  readonly shutdownTimeoutMs: number;
  readonly logLevel: LogLevel;
}

const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Each setting: its flag, its environment variable, its default as a person would type it, and what it is. */
const knobs = {
  host: ['--host <address>', 'HOST', '127.0.0.1', 'address to listen on; 0.0.0.0 lets other machines in'],
  port: ['--port <number>', 'PORT', '3000', 'port to listen on; 0 takes any free one'],
  modelDir: ['--model-dir <folder>', 'MODEL_DIR', 'models/digits', 'model bundle to serve'],
  webDir: ['--web-dir <folder>', 'WEB_DIR', 'apps/web/dist', 'built web app to serve'],
  maxJsonMb: ['--max-json-mb <n>', 'MAX_JSON_MB', '32', 'largest inference request, in MiB'],
  maxImageMb: ['--max-image-mb <n>', 'MAX_IMAGE_MB', '8', 'largest picture, in MiB'],
  // The most that 32 MiB of JSON can hold is about 2,000 images; 1,024 keep the event loop for some 50 ms.
  maxBatch: ['--max-batch <n>', 'MAX_BATCH', '1024', 'most images in one inference request'],
  // Some 50 ms of work for one core.
  maxQueue: ['--max-queue <n>', 'MAX_QUEUE', '1024', 'images that may wait for the model; above it 503'],
  deadline: ['--deadline <s>', 'DEADLINE', '10', 'seconds a request may wait for the model; after it 504'],
  requestTimeout: ['--request-timeout <s>', 'REQUEST_TIMEOUT', '30', 'seconds for a request to arrive whole'],
  shutdownTimeout: ['--shutdown-timeout <s>', 'SHUTDOWN_TIMEOUT', '10', 'seconds to finish requests when stopped'],
  logLevel: ['--log-level <level>', 'LOG_LEVEL', 'info', `one of ${LOG_LEVELS.join(', ')}; debug logs every request`],
} as const;

type Knob = keyof typeof knobs;
export type Flags = Readonly<Partial<Record<Knob, string>>>;
export type Environment = Readonly<Record<string, string | undefined>>;

/** The server's command line. @param action gets the flags as typed, unchecked */
export function serverCommand(action: (flags: Flags) => void | Promise<void>) {
  const program = command('server', 'Serves a model bundle: the Open Inference Protocol v2, and the web app.');
  for (const [flag, variable, fallback, help] of Object.values(knobs)) {
    program.option(flag, `${help} (environment: ${variable}; default: ${fallback})`);
  }
  return program.action(action);
}

/**
 * Settings from a command line and an environment: a flag wins over a variable, a variable over the default.
 * @param argv the arguments alone, such as `['--port', '8080']`
 * @throws {Problem} naming the flag or variable, its value and what is allowed
 */
export function readSettings(argv: readonly string[], env: Environment): Settings {
  let flags: Flags = {};
  serverCommand((typed) => {
    flags = typed;
  }).parse(argv, { from: 'user' });
  return checkSettings(flags, env);
}

/** Like `readSettings`, for flags that are parsed already. Relative folders are relative to where npm was called. */
export function checkSettings(flags: Flags, env: Environment): Settings {
  return {
    host: pick('host', address),
    port: pick('port', whole(0, 65535)),
    modelDir: folder('modelDir', 'bundle.json', 'a folder with a model bundle'),
    webDir: folder('webDir', 'index.html', 'a folder with a built web app'),
    maxJsonBytes: pick('maxJsonMb', whole(1, 256)) * 2 ** 20,
    maxImageBytes: pick('maxImageMb', whole(1, 64)) * 2 ** 20,
    maxBatch: pick('maxBatch', whole(1, 65536)),
    maxQueue: pick('maxQueue', whole(1, 1_000_000)),
    deadlineMs: pick('deadline', whole(1, 3600)) * 1000,
    requestTimeoutMs: pick('requestTimeout', whole(1, 3600)) * 1000,
    shutdownTimeoutMs: pick('shutdownTimeout', whole(1, 3600)) * 1000,
    logLevel: pick('logLevel', logLevel),
  };

  /** What was set and where; an empty variable is as good as none. */
  function given(knob: Knob): { text: string; from: string } | null {
    const [flag, variable] = knobs[knob];
    const typed = flags[knob];
    if (typed !== undefined) return { text: typed, from: flag.split(' ')[0]! };
    const text = env[variable];
    return text === undefined || text === '' ? null : { text, from: variable };
  }

  function pick<T>(knob: Knob, parse: (text: string) => T): T {
    const { text, from } = given(knob) ?? { text: knobs[knob][2], from: 'default' };
    try {
      return parse(text);
    } catch (error) {
      throw new Problem(`${from} is "${text}". ${(error as Error).message}`);
    }
  }

  /** A folder that somebody named must hold the file; the default one is looked for when it is needed. */
  function folder(knob: 'modelDir' | 'webDir', file: string, expected: string): string {
    const named = given(knob);
    if (named === null) return join(workspaceRoot, knobs[knob][2]);
    const path = resolve(env.INIT_CWD ?? process.cwd(), named.text);
    if (!existsSync(join(path, file))) {
      throw new Problem(`${named.from} is "${named.text}". Expected ${expected}; there is no ${join(path, file)}.`);
    }
    return path;
  }
}

function address(text: string): string {
  if (isIP(text) === 0 && !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text)) {
    throw new Error('Expected an IP address or a host name, such as 127.0.0.1, 0.0.0.0 or localhost.');
  }
  return text;
}

function logLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text);
  if (level === undefined) throw new Error(`Expected one of ${LOG_LEVELS.join(', ')}.`);
  return level;
}
