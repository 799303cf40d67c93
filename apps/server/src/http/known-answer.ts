import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

/** What is read of a request before its body. */
export type Asking = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'socket'>;

/** What a request is answered by; Node's response is one. */
export interface Answering {
  readonly headersSent: boolean;
  statusCode: number;
  setHeader(name: string, value: string | number): unknown;
  /** @param headers names and values in turn */
  writeHead(status: number, headers: string[]): Pick<Answering, 'end'>;
  /** @param encoding of a text */
  end(body: string | Buffer, encoding: 'latin1' | 'utf8'): unknown;
  destroy(): unknown;
}

/** The answer to a request that Node's parser has not seen: all of it at once. */
export class KnownAnswer implements Answering {
  headersSent = false;
  statusCode = 200;
  readonly #socket: Socket;
  readonly #isLast: () => boolean;
  #headers = '';

  /** @param isLast asked when it goes out: whether the connection ends with it */
  constructor(socket: Socket, isLast: () => boolean) {
    this.#socket = socket;
    this.#isLast = isLast;
  }

  setHeader(name: string, value: string | number): void {
    this.#headers += `${name}: ${value}\r\n`;
  }

  writeHead(status: number, headers: string[]): this {
    this.statusCode = status;
    for (let i = 0; i < headers.length; i += 2) this.setHeader(headers[i]!, headers[i + 1]!);
    return this;
  }

  end(body: string | Buffer, encoding: 'latin1' | 'utf8'): void {
    this.headersSent = true;
    const socket = this.#socket;
    if (!socket.writable) return;
    const isLast = this.#isLast();
    const head =
      `HTTP/1.1 ${this.statusCode} ${STATUS_CODES[this.statusCode]}\r\n${this.#headers}` +
      `Date: ${now()}\r\nConnection: ${isLast ? 'close' : 'keep-alive'}\r\n\r\n`;
    if (typeof body === 'string') {
      socket.write(head + body, encoding);
    } else {
      socket.cork();
      socket.write(head, 'latin1');
      socket.write(body);
      socket.uncork();
    }
    if (isLast) socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

let date: string | null = null;

/** As the header `Date` has it; made once a second. */
function now(): string {
  if (date === null) {
    date = new Date().toUTCString();
    const forget = setTimeout(
      () => {
        date = null;
      },
      1000 - (Date.now() % 1000),
    );
    forget.unref();
  }
  return date;
}
