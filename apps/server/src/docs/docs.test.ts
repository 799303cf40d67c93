import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../app.ts';
import { type Listening, listen } from '../http/listen.ts';
import { modelsOf } from '../models/models.ts';
import { createMetrics } from '../operations/metrics.ts';
import { readSettings } from '../settings.ts';
import { fakeModel } from '../testing/fake-model.ts';

let listening: Listening;

beforeAll(async () => {
  const settings = readSettings(['--port', '0'], {});
  const readiness = { ready: true };
  const models = modelsOf(() => [fakeModel()]);
  const metrics = createMetrics(() => []);
  const app = createApp({ models, settings, log: pino({ level: 'silent' }), readiness, metrics });
  listening = await listen(app, settings, readiness);
});

afterAll(() => listening.close());

interface Operation {
  readonly requestBody?: { content: Record<string, { example?: unknown }> };
  readonly parameters?: { name: string; example?: string }[];
}

async function document() {
  const response = await fetch(`${listening.url}/openapi.json`);
  return (await response.json()) as {
    openapi: string;
    paths: Record<string, { get?: Operation; post?: Operation; parameters?: { name: string; example?: string }[] }>;
    components: { schemas: Record<string, { properties: Record<string, unknown>; required: string[] }> };
  };
}

test('the document has the fields of the schemas that requests are checked with', async () => {
  const { openapi, components } = await document();
  expect(openapi).toBe('3.1.0');
  const { InferRequest, RecognizeRequest } = components.schemas;
  expect(Object.keys(InferRequest!.properties)).toEqual(['id', 'parameters', 'inputs', 'outputs']);
  expect(InferRequest!.required).toEqual(['inputs']);
  expect(Object.keys(RecognizeRequest!.properties)).toEqual(['image', 'pixels', 'width', 'height', 'strokes', 'mode']);
});

test('every reference leads somewhere', async () => {
  const all = await document();
  const references = JSON.stringify(all).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g);
  for (const [, name] of references) expect(all.components.schemas).toHaveProperty(name!);
});

test('every operation of the document answers its own example', async () => {
  const { paths } = await document();
  let asked = 0;
  for (const [path, { parameters = [], ...operations }] of Object.entries(paths)) {
    for (const method of ['get', 'post'] as const) {
      const operation = operations[method];
      if (operation === undefined) continue;
      const url = parameters.reduce((text, { name, example }) => text.replace(`{${name}}`, example ?? '1.2.3'), path);
      const example = operation.requestBody?.content['application/json']?.example;
      const response = await fetch(listening.url + url, {
        method,
        ...(example !== undefined && {
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(example),
        }),
      });
      expect(response.status, `${method} ${url}`).toBe(200);
      asked++;
    }
  }
  expect(asked).toBe(12);
});

test('the page to try it needs nothing from elsewhere, and no inline script', async () => {
  const page = await fetch(`${listening.url}/docs`);
  const html = await page.text();
  expect(page.headers.get('Content-Security-Policy')).toContain("script-src 'self'");
  const sources = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source!);
  expect(sources).toEqual(['/docs/try.css', '/docs/try.js']);
  expect(html).not.toMatch(/<script[^>]*>[^<]|style=/);
  for (const source of sources) expect((await fetch(listening.url + source)).status).toBe(200);
});
