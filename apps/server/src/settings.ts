import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { command, whole, workspaceRoot } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';

export interface Settings {
  readonly host: string;
  /** 0 lets the system choose a free one. */
  readonly port: number;
  /** Folder of a model bundle, or of several: `<name>/bundle.json`, `<name>/<version>/bundle.json`. */
  readonly modelDir: string;
  /** Between two looks at the model folder for what is new; 0 for one look at the start. */
  readonly modelPollMs: number;
  /** Which of a bundle's models runs. */
  readonly precision: Precision;
  /** The model of the web page and of `/api/recognize`; the first by name when empty. */
  readonly mainModel: string;
  /** Processes that serve. */
  readonly workers: number;
  /** Of the gRPC service; null for none. */
  readonly grpcPort: number | null;
  /** Of metrics and the model repository; null for none. */
  readonly adminPort: number | null;
  /** What a request to the model repository must bring; empty refuses all of them. */
  readonly adminKey: string;
  /** What a request to the API must bring one of; empty lets everybody in. */
  readonly apiKeys: readonly string[];
  /** Requests a minute that one address may send to one process; 0 for no limit. */
  readonly rateLimit: number;
  /** Proxies before the server whose word about the client's address is taken. */
  readonly trustProxy: number;
  /** PEM files; both or none. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
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

/** As they were trained, or the smaller one in 8-bit integers that a bundle may bring. */
export const PRECISIONS = ['fp32', 'int8'] as const;
export type Precision = (typeof PRECISIONS)[number];

const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Each setting: its flag, its environment variable, its default as a person would type it, and what it is. */
const knobs = {
  host: ['--host <address>', 'HOST', '127.0.0.1', 'address to listen on; 0.0.0.0 lets other machines in'],
  port: ['--port <number>', 'PORT', '3000', 'port to listen on; 0 takes any free one'],
  modelDir: ['--model-dir <folder>', 'MODEL_DIR', 'models/digits', 'model bundle to serve, or a folder of them'],
  modelPoll: ['--model-poll <s>', 'MODEL_POLL', '2', 'seconds between looks for new models; 0 looks once'],
  precision: [
    '--precision <name>',
    'PRECISION',
    'fp32',
    `one of ${PRECISIONS.join(', ')}: which model of a bundle runs`,
  ],
  mainModel: ['--main-model <name>', 'MAIN_MODEL', '', 'model of the page and of /api/recognize; the first by name'],
  workers: [
    '--workers <n>',
    'WORKERS',
    'auto',
    'serving processes; auto is 1, or one a core where NODE_ENV is production',
  ],
  grpcPort: ['--grpc-port <number>', 'GRPC_PORT', 'off', 'port of the gRPC service, such as 8001'],
  adminPort: ['--admin-port <number>', 'ADMIN_PORT', 'off', 'port of /metrics and the model repository, such as 8002'],
  adminKey: ['--admin-key <key>', 'ADMIN_KEY', '', 'key that the model repository asks for (better as a variable)'],
  apiKeys: ['--api-keys <keys>', 'API_KEYS', '', 'keys, comma between, one of which the API asks for'],
  rateLimit: [
    '--rate-limit <n>',
    'RATE_LIMIT',
    '0',
    'requests a minute from one address to one process; 0 is no limit',
  ],
  trustProxy: ['--trust-proxy <n>', 'TRUST_PROXY', '0', 'proxies in front that tell the client address truly'],
  tlsCert: ['--tls-cert <file>', 'TLS_CERT', '', 'certificate, PEM: the server speaks HTTPS'],
  tlsKey: ['--tls-key <file>', 'TLS_KEY', '', 'its private key, PEM'],
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
    modelDir: folder('modelDir', isModelFolder, 'a folder with a model bundle, or with folders of bundles'),
    modelPollMs: pick('modelPoll', whole(0, 3600)) * 1000,
    precision: pick('precision', precision),
    mainModel: pick('mainModel', String),
    workers: pick('workers', workers),
    grpcPort: pick('grpcPort', portOrOff),
    adminPort: pick('adminPort', portOrOff),
    adminKey: pick('adminKey', String),
    apiKeys: pick('apiKeys', (text) => text.split(',').filter((key) => key !== '')),
    rateLimit: pick('rateLimit', whole(0, 1_000_000)),
    trustProxy: pick('trustProxy', whole(0, 10)),
    tls: tls(),
    webDir: folder('webDir', (path) => existsSync(join(path, 'index.html')), 'a folder with a built web app'),
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

  function tls(): Settings['tls'] {
    const [cert, key] = [pick('tlsCert', String), pick('tlsKey', String)];
    if (cert === '' && key === '') return null;
    if (cert === '' || key === '') {
      throw new Problem('HTTPS needs both a certificate and its key: --tls-cert <file> --tls-key <file>.');
    }
    const read = (path: string) => {
      try {
        return readFileSync(resolve(env.INIT_CWD ?? process.cwd(), path), 'utf8');
      } catch (error) {
        throw new Problem(`${path} cannot be read: ${(error as Error).message}. Expected a PEM file.`);
      }
    };
    const pair = { cert: read(cert), key: read(key) };
    const certificate = parsed(() => new X509Certificate(pair.cert), `${cert} is no certificate`);
    const secret = parsed(() => createPrivateKey(pair.key), `${key} is no private key`);
    if (!certificate.checkPrivateKey(secret)) {
      throw new Problem(`The key in ${key} does not belong to the certificate in ${cert}. Give the two of one pair.`);
    }
    return pair;
  }

  function parsed<T>(parse: () => T, complaint: string): T {
    try {
      return parse();
    } catch (error) {
      throw new Problem(`${complaint}: ${(error as Error).message}. Expected a PEM file, a key without a password.`);
    }
  }

  function workers(text: string): number {
    if (text === 'auto') return env.NODE_ENV === 'production' ? availableParallelism() : 1;
    try {
      return whole(1, 256)(text);
    } catch {
      throw new Error('Expected auto or a whole number from 1 to 256.');
    }
  }

  /** A folder that somebody named must hold what is expected; the default one is looked for when it is needed. */
  function folder(knob: 'modelDir' | 'webDir', isRight: (path: string) => boolean, expected: string): string {
    const named = given(knob);
    if (named === null) return join(workspaceRoot, knobs[knob][2]);
    const path = resolve(env.INIT_CWD ?? process.cwd(), named.text);
    if (!isRight(path)) throw new Problem(`${named.from} is "${named.text}". Expected ${expected}; ${path} is none.`);
    return path;
  }
}

/** Itself a bundle, or with a bundle one or two folders down. */
function isModelFolder(path: string): boolean {
  const holds = (folder: string, depth: number): boolean =>
    existsSync(join(folder, 'bundle.json')) ||
    (depth > 0 &&
      existsSync(folder) &&
      readdirSync(folder, { withFileTypes: true }).some(
        (entry) => entry.isDirectory() && holds(join(folder, entry.name), depth - 1),
      ));
  return holds(path, 2);
}

function portOrOff(text: string): number | null {
  if (text === 'off') return null;
  try {
    return whole(0, 65535)(text);
  } catch {
    throw new Error('Expected off or a whole number from 0 to 65535.');
  }
}

/** The settings as they are printed at the start: a line of JSON, the secrets left out. */
export function shownSettings(settings: Settings): object {
  const { adminKey, apiKeys, tls, ...open } = settings;
  return { ...open, adminKey: adminKey === '' ? 'none' : 'set', apiKeys: apiKeys.length, tls: tls !== null };
}

function address(text: string): string {
  if (isIP(text) === 0 && !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text)) {
    throw new Error('Expected an IP address or a host name, such as 127.0.0.1, 0.0.0.0 or localhost.');
  }
  return text;
}

/** @throws {Error} naming what there is */
export function precision(text: string): Precision {
  const found = PRECISIONS.find((known) => known === text);
  if (found === undefined) throw new Error(`Expected one of ${PRECISIONS.join(', ')}.`);
  return found;
}

function logLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text);
  if (level === undefined) throw new Error(`Expected one of ${LOG_LEVELS.join(', ')}.`);
  return level;
}
