import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

/** What `serveFolder` sends with every file: as strict as the page can stand, and it needs no more. */
const contentSecurityPolicy =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; " +
  "object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
};

export interface StaticServer {
  /** Ends with a slash. */
  readonly url: string;
  /** Answers every request for a path with this status instead, until `mend`. */
  fail(path: string, status: number): void;
  mend(path: string): void;
  close(): Promise<void>;
}

/** Serves a folder's files at a free port of this machine, under a strict content security policy. */
export async function serveFolder(folder: string): Promise<StaticServer> {
  const failing = new Map<string, number>();

  async function answer(path: string, response: ServerResponse): Promise<void> {
    const file = join(folder, normalize(path.endsWith('/') ? `${path}index.html` : path));
    const found = await stat(file).catch(() => null);
    const status = failing.get(path) ?? (found?.isFile() ? 200 : 404);
    response.writeHead(status, {
      'content-security-policy': contentSecurityPolicy,
      'content-type': types[extname(file)] ?? 'application/octet-stream',
    });
    if (status === 200) createReadStream(file).pipe(response);
    else response.end();
  }

  const server = createServer((request, response) => {
    void answer(new URL(request.url ?? '/', 'http://host').pathname, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    fail: (path, status) => void failing.set(path, status),
    mend: (path) => void failing.delete(path),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
