import { relative, sep } from 'node:path';
import express, { Router } from 'express';
import { only } from './errors.ts';

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>mnist-edge</title>
<p>The inference server is running, and its API answers at <a href="/v2">/v2</a>.
<p>The web page is not built yet. Build it with <code>npx nx run web:build</code>, then reload.
</html>
`;

/**
 * The built web app, to be mounted at the root.
 * @param folder Vite's output. Where it is missing, a page says how to build it; it may also be built later.
 */
export function webApp(folder: string): Router {
  const router = Router();
  router.use(
    express.static(folder, {
      cacheControl: false,
      setHeaders: (response, path) => {
        // Vite puts a hash of the content into the names under assets/, and only there.
        const hashed = relative(folder, path).startsWith(`assets${sep}`);
        response.set('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    }),
  );
  router
    .route('/')
    .get((_request, response) => {
      response.status(503).set('Cache-Control', 'no-store').type('html').send(NOT_BUILT);
    })
    .all(only('GET', 'HEAD'));
  return router;
}
