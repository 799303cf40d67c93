import { extname } from 'node:path';
import { Router } from 'express';
import { only } from '../http/errors.ts';
import { Refusal } from '../http/refusal.ts';
import type { Models } from './models.ts';

/**
 * The main model's files, to be mounted at `/model`: a page that reads its model here runs the one that the server
 * runs. They come from memory as they were verified, whatever happens to the folder meanwhile; the ETag is the SHA-256.
 */
export function modelFiles(models: Pick<Models, 'main'>): Router {
  const router = Router({ caseSensitive: true });
  router
    .route('/*path')
    .get((request, response) => {
      const { bundle, files } = models.main();
      const path = (request.params.path as unknown as readonly string[]).join('/');
      const file = files.get(path);
      if (file === undefined) {
        throw new Refusal(
          404,
          `${bundle.name} ${bundle.version} has no file ${JSON.stringify(path)}; it has ${[...files.keys()].join(', ')}.`,
        );
      }
      response
        .type(extname(path))
        .set({ ETag: `"${file.sha256}"`, 'Cache-Control': 'no-cache' })
        .send(file.bytes);
    })
    .all(only('GET', 'HEAD'));
  return router;
}
