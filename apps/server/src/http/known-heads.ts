import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { type Body, gather } from './body.ts';
import type { Connection, Connections } from './connections.ts';
import { KnownAnswer } from './known-answer.ts';
import { Refusal } from './refusal.ts';

/** Serves a request whose head is known. @returns once it is answered; it does not fail */
export type Serve = (socket: Socket, answer: KnownAnswer, body: Body) => Promise<void>;

export interface KnownHeadsOptions {
  /** How long a body may take, in ms. */
  readonly requestTimeoutMs: number;
  /** Whether no further request is to come on any connection. */
  readonly isClosing: () => boolean;
}

/** A head that Node's parser has read: the same bytes mean the same again. */
interface KnownHead {
  readonly bytes: Buffer;
  /** Of the body behind it. */
  readonly bodyBytes: number;
  readonly serve: Serve;
}

const END = Buffer.from('\r\n\r\n');
const LINE_FEED = 0x0a;
/** Bytes of a head that is remembered; most have some hundred. */
const MOST_BYTES = 2048;
/** Heads that are remembered for all connections together; what each has of its own, thousands have. */
const MOST_SHARED = 64;
/** With these a head says more than how long the body is, or it asks for more than an answer. */
const NOT_PLAIN = ['connection', 'content-encoding', 'expect', 'transfer-encoding', 'upgrade'];

/**
 * A client sends the same head again and again. A request whose head is to the byte that of the last one on the same
 * connection is not given to Node's parser, which would make a request, a response and their streams of it: half of what
 * it costs beside the model. Only its body is waited for. Whatever is not so plain is Node's, as the first request on a
 * connection is: no HTTP is parsed here. Which heads are remembered, `Connection.again` says.
 */
export function readKnownHeads(server: Server, connections: Connections, options: KnownHeadsOptions): void {
  const shared: KnownHead[] = [];
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    const connection = connections.get(socket);
    const [parse] = socket.listeners('data') as ((bytes: Buffer) => void)[];
    if (connection === undefined || parse === undefined) return;
    const reader = new Reader(server, connection, parse, shared, options);
    // With a listener that is not Node's, Node gives up its shortcut from the socket to the parser.
    socket.off('data', parse).on('data', (bytes: Buffer) => reader.read(bytes));
    socket.once('close', () => reader.close());
  });
}

/** Reads one connection. */
class Reader {
  readonly #server: Server;
  readonly #connection: Connection;
  readonly #parse: (bytes: Buffer) => void;
  readonly #shared: KnownHead[];
  readonly #options: KnownHeadsOptions;
  #known: KnownHead | null = null;
  /** Bytes of the request at Node's parser that are still to come; NaN where only Node knows what comes next. */
  #owed = 0;
  /** The request that is being served here. */
  #under: UnderWay | null = null;
  /** What came behind it. */
  #held: Buffer[] = [];

  constructor(
    server: Server,
    connection: Connection,
    parse: (bytes: Buffer) => void,
    shared: KnownHead[],
    options: KnownHeadsOptions,
  ) {
    this.#server = server;
    this.#connection = connection;
    this.#parse = parse;
    this.#shared = shared;
    this.#options = options;
  }

  read(bytes: Buffer): void {
    if (this.#under !== null) {
      this.#readUnder(this.#under, bytes);
    } else if (this.#owed !== 0) {
      // What is not counted to the byte makes it NaN for good.
      this.#owed = this.#owed >= bytes.length ? this.#owed - bytes.length : Number.NaN;
      this.#parse(bytes);
    } else if (this.#known !== null && this.#isNext(this.#known, bytes)) {
      this.#serve(this.#known, bytes.subarray(this.#known.bytes.length));
    } else {
      this.#learn(bytes);
    }
  }

  close(): void {
    this.#under?.cut();
  }

  #isNext({ bytes: head }: KnownHead, bytes: Buffer): boolean {
    const { underWay, socket } = this.#connection;
    // Where a client does not take its answers, Node knows when to stop reading.
    if (underWay > 0 || socket.writableLength > 0 || this.#options.isClosing()) return false;
    return bytes.length >= head.length && bytes.compare(head, 0, head.length, 0, head.length) === 0;
  }

  /** Has Node read what is a new request, and remembers its head where that is plain. */
  #learn(bytes: Buffer): void {
    const connection = this.#connection;
    const before = connection.parsed;
    connection.again = null;
    this.#known = null;
    this.#owed = Number.NaN;
    this.#parse(bytes);
    const { last, again, parsed } = connection;
    connection.again = null;
    const head = last === null || parsed !== before + 1 ? null : headOf(last.req, bytes);
    if (head === null) return;
    const bodyBytes = Number(last!.req.headers['content-length'] ?? 0);
    const owed = head.length + bodyBytes - bytes.length;
    if (owed < 0 || 'transfer-encoding' in last!.req.headers) return;
    this.#owed = owed;
    if (again !== null && isPlain(last!.req) && head.length <= MOST_BYTES) {
      this.#known = this.#remember(head, bodyBytes, again);
    }
  }

  #remember(head: Buffer, bodyBytes: number, serve: Serve): KnownHead {
    const old = this.#shared.find(({ bytes }) => bytes.equals(head));
    if (old !== undefined) return old;
    const known = { bytes: Buffer.from(head), bodyBytes, serve };
    if (this.#shared.length === MOST_SHARED) this.#shared.shift();
    this.#shared.push(known);
    return known;
  }

  #serve({ bodyBytes, serve }: KnownHead, bytes: Buffer): void {
    const connection = this.#connection;
    const answer = new KnownAnswer(connection.socket, this.#options.isClosing);
    const under = new UnderWay(bodyBytes, () => this.#next(under));
    this.#under = under;
    connection.underWay++;
    const served = serve(connection.socket, answer, under.body);
    this.#readUnder(under, bytes);
    if (under.missing > 0) under.limit(this.#options.requestTimeoutMs, () => this.#timeOut(answer));
    void served.then(() => under.answered());
  }

  #readUnder(under: UnderWay, bytes: Buffer): void {
    const { missing } = under;
    if (missing > 0) under.add(bytes.length <= missing ? bytes : bytes.subarray(0, missing));
    if (bytes.length <= missing) return;
    this.#held.push(bytes.subarray(missing));
    this.#connection.socket.pause();
  }

  /** Once a request is answered and all of it has come. */
  #next(under: UnderWay): void {
    if (this.#under !== under) return;
    this.#under = null;
    const connection = this.#connection;
    connection.underWay--;
    const { whenDone, socket } = connection;
    connection.whenDone = null;
    whenDone?.(connection, null);
    if (this.#held.length === 0 || socket.destroyed) return;
    const bytes = Buffer.concat(this.#held);
    this.#held = [];
    if (!connection.waits) socket.resume();
    this.read(bytes);
  }

  #timeOut({ headersSent }: KnownAnswer): void {
    const error = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
    const { socket } = this.#connection;
    // As Node does where it reads the body.
    if (headersSent) socket.destroy();
    else this.#server.emit('clientError', error, socket);
  }
}

/** A request that is served without Node's parser. */
class UnderWay {
  /** Bytes of its body that are still to come. */
  missing: number;
  readonly #bodyBytes: number;
  readonly #done: () => void;
  #pieces: ReturnType<typeof gather> | null = null;
  #resolve: (body: Buffer) => void = () => undefined;
  #reject: (error: Refusal) => void = () => undefined;
  #limit: NodeJS.Timeout | undefined;
  #isAnswered = false;

  constructor(bodyBytes: number, done: () => void) {
    this.missing = bodyBytes;
    this.#bodyBytes = bodyBytes;
    this.#done = done;
  }

  /** To be asked for at once: what has come before is gone. Its length was within the limit the first time. */
  readonly body: Body = (_limit, lead, shelf) => {
    this.#pieces = gather(this.#bodyBytes, lead, shelf);
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      if (this.#bodyBytes === 0) this.#end();
    });
  };

  add(bytes: Buffer): void {
    this.missing -= bytes.length;
    this.#pieces?.add(bytes);
    if (this.missing === 0) this.#end();
  }

  limit(ms: number, act: () => void): void {
    this.#limit = setTimeout(act, ms);
  }

  answered(): void {
    this.#isAnswered = true;
    if (this.missing === 0) this.#done();
  }

  /** The connection has ended. */
  cut(): void {
    clearTimeout(this.#limit);
    this.#reject(new Refusal(400, 'The body ended before it was whole.'));
  }

  #end(): void {
    clearTimeout(this.#limit);
    if (this.#pieces !== null) this.#resolve(this.#pieces.whole());
    if (this.#isAnswered) this.#done();
  }
}

/**
 * The head at the beginning of some bytes; null where it is not all of what Node took for it: it has a line for the
 * request, for each header, and an empty one. Empty lines before it, or line feeds alone, make other numbers.
 */
function headOf({ rawHeaders }: IncomingMessage, bytes: Buffer): Buffer | null {
  const end = bytes.indexOf(END);
  if (end < 0) return null;
  const head = bytes.subarray(0, end + END.length);
  let lines = 0;
  for (const byte of head) if (byte === LINE_FEED) lines++;
  return lines === rawHeaders.length / 2 + 2 ? head : null;
}

function isPlain({ httpVersion, headers }: IncomingMessage): boolean {
  return httpVersion === '1.1' && headers['content-length'] !== undefined && !NOT_PLAIN.some((name) => name in headers);
}
