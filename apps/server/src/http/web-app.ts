import { extname, relative, sep } from 'node:path';
import express, { type RequestHandler, type Response, Router } from 'express';
import { only } from './errors.ts';

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>mnist-edge</title>
<p>The inference server is running, and its API answers at <a href="/v2">/v2</a>.
<p>The web page is not built yet. Build it with <code>npx nx run web:build</code>, then reload.
</html>
`;

/** What `web:compress` puts behind a file's name for its brotli copy. */
const COPY = '.br';

/**
 * The built web app, to be mounted at the root. Where a file has a brotli copy beside it, a client that takes brotli
 * gets that.
 * @param folder Vite's output. Where it is missing, a page says how to build it; it may also be built later.
 */
export function webApp(folder: string): Router {
  const router = Router();
  router.use(copies(folder));
  router.use(
    express.static(folder, { cacheControl: false, setHeaders: (response, path) => describe(response, folder, path) }),
  );
  router
    .route('/')
    .get((_request, response) => {
      response.status(503).set({ 'Cache-Control': 'no-store', 'Retry-After': '5' }).type('html').send(NOT_BUILT);
    })
    .all(only('GET', 'HEAD'));
  return router;
}

/**
 * Asks the file server for the copy first, and goes on where there is none. Libraries for this list the copies when
 * they start, and know nothing of a page that is built again while the server runs.
 */
function copies(folder: string): RequestHandler {
  const serve = express.static(folder, {
    cacheControl: false,
    index: false,
    redirect: false,
    setHeaders: (response, path) => {
      const plain = path.slice(0, -COPY.length);
      response.set('Content-Encoding', 'br').type(extname(plain));
      describe(response, folder, plain);
    },
  });
  return (request, response, next) => {
    if (request.acceptsEncodings('br', 'identity') !== 'br') {
      next();
      return;
    }
    const { url } = request;
    const [path = '', ...query] = url.split('?');
    request.url = [`${path}${path.endsWith('/') ? 'index.html' : ''}${COPY}`, ...query].join('?');
    serve(request, response, (error?: unknown) => {
      request.url = url;
      // Such as a range that the copy has not: the answer is then words of ours.
      response.removeHeader('Content-Encoding');
      next(error);
    });
  };
}

function describe(response: Response, folder: string, path: string): void {
  // Vite puts a hash of the content into the names under assets/, and only there.
  const hashed = relative(folder, path).startsWith(`assets${sep}`);
  response.set('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
  response.vary('Accept-Encoding');
}
