import { readFileSync } from 'node:fs';
import { Router } from 'express';
import { beside } from '../beside.ts';
import { only } from '../http/errors.ts';
import type { Models } from '../models/models.ts';
import { openApi } from './openapi.ts';

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>mnist-edge</title>
<link rel="stylesheet" href="/docs/try.css">
<script type="module" src="/docs/try.js"></script>
<main></main>
</html>
`;

/** The description of the API at `/openapi.json`, and a page to try it at `/docs`; to be mounted at the root. */
export function docs(models: Models, serverVersion: string): Router {
  const router = Router({ caseSensitive: true });
  const files = [
    { path: '/docs/try.js', type: 'js', text: readFileSync(beside('docs-page/try.js'), 'utf8') },
    { path: '/docs/try.css', type: 'css', text: readFileSync(beside('docs-page/try.css'), 'utf8') },
    { path: '/docs', type: 'html', text: PAGE },
  ];
  for (const { path, type, text } of files) {
    router
      .route(path)
      .get((_request, response) => {
        response.set('Cache-Control', 'no-cache').type(type).send(text);
      })
      .all(only('GET', 'HEAD'));
  }
  router
    .route('/openapi.json')
    .get((_request, response) => {
      const { name, input } = models.main().bundle;
      response.json(openApi(serverVersion, { name, input: input.name }));
    })
    .all(only('GET', 'HEAD'));
  return router;
}
