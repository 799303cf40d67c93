import { type Case, casesOf, expect, NotApplicable, shown } from '../case.ts';
import { cite } from '../documents.ts';
import { ask, expectError, expectStatus, jsonObject } from '../http.ts';
import { modelPath } from '../target.ts';

const rest = casesOf('rest');
const health = cite('REST', 'API Definitions');

export const NO_SUCH_MODEL = 'no-such-model';
export const NO_SUCH_VERSION = '999999';

export const healthCases: readonly Case[] = [
  rest('live-status', 'GET v2/health/live answers 200 while the server is live', health, async ({ url }) => {
    expectStatus(await ask(url, { path: '/v2/health/live' }), 200);
  }),
  rest(
    'live-body',
    'the live answer is {"live": true}',
    cite('REST', 'Server Live Response JSON Object'),
    async (t) => {
      const body = jsonObject(await ask(t.url, { path: '/v2/health/live' }));
      expect(body.live === true, () => `the body is ${shown(body)}`);
    },
  ),
  rest('live-type', 'the live answer says that it is JSON', cite('RFC 9110', '8.3 Content-Type'), ({ url }) =>
    expectJsonType(url, '/v2/health/live'),
  ),
  rest('ready-status', 'GET v2/health/ready answers 200 when all models are ready', health, async ({ url }) => {
    expectStatus(await ask(url, { path: '/v2/health/ready' }), 200);
  }),
  rest(
    'ready-body',
    'the ready answer says true, as "live" (so the document) or "ready" (so its prose and every server)',
    cite('REST', 'Server Ready Response JSON Object'),
    async ({ url }) => {
      const body = jsonObject(await ask(url, { path: '/v2/health/ready' }));
      expect(body.ready === true || body.live === true, () => `the body is ${shown(body)}`);
    },
  ),
  rest('ready-type', 'the ready answer says that it is JSON', cite('RFC 9110', '8.3 Content-Type'), ({ url }) =>
    expectJsonType(url, '/v2/health/ready'),
  ),
  rest('model-ready-status', 'GET v2/models/{m}/ready answers 200 for a ready model', health, async (t) => {
    expectStatus(await ask(t.url, { path: `${modelPath(t.model.name)}/ready` }), 200);
  }),
  rest(
    'model-ready-body',
    'the model ready answer names the model and says true',
    cite('REST', 'Model Ready Response JSON Object'),
    async (t) => {
      const body = jsonObject(await ask(t.url, { path: `${modelPath(t.model.name)}/ready` }));
      expect(body.name === t.model.name && body.ready === true, () => `the body is ${shown(body)}`);
    },
  ),
  rest('model-ready-version', 'every listed version answers whether it is ready', health, async (t) => {
    if (t.model.versions.length === 0) throw new NotApplicable('the server lists no versions');
    for (const version of t.model.versions) {
      expectStatus(await ask(t.url, { path: `${modelPath(t.model.name, version)}/ready` }), 200);
    }
  }),
  rest(
    'model-ready-unknown',
    'a model that is not there is not ready: an error status',
    cite('V2', 'HTTP/REST, Health'),
    async ({ url }) => {
      const { status } = await ask(url, { path: `${modelPath(NO_SUCH_MODEL)}/ready` });
      expect(status >= 400 && status < 500, () => `status ${status}, expected 4xx, which "indicates false"`);
    },
  ),
  rest(
    'model-ready-unknown-version',
    'a version that is not there is not ready: an error status',
    cite('V2', 'HTTP/REST, Health'),
    async (t) => {
      if (t.model.versions.length === 0) throw new NotApplicable('the server lists no versions');
      const { status } = await ask(t.url, { path: `${modelPath(t.model.name, NO_SUCH_VERSION)}/ready` });
      expect(status >= 400 && status < 500, () => `status ${status}, expected 4xx, which "indicates false"`);
    },
  ),
  rest(
    'model-ready-case',
    'model names are case-sensitive',
    cite('V2', 'HTTP/REST: all strings in all contexts are case-sensitive'),
    async (t) => {
      const { status } = await ask(t.url, { path: `${modelPath(otherCase(t.model.name))}/ready` });
      expect(status >= 400, () => `${otherCase(t.model.name)} was found too (status ${status})`);
    },
  ),
  rest('unknown-path', 'a path that is not there is answered 404', cite('RFC 9110', '15.5.5 404'), async ({ url }) => {
    expectStatus(await ask(url, { path: '/v2/no-such-endpoint' }), 404);
  }),
  rest('post-to-live', 'POST to a health path is answered 405', cite('RFC 9110', '15.5.6 405'), async ({ url }) => {
    expectStatus(await ask(url, { method: 'POST', path: '/v2/health/live', body: '{}' }), 405);
  }),
  rest(
    'get-infer',
    'GET of the infer path is answered 405',
    cite('REST', 'Inference: made with an HTTP POST; RFC 9110 15.5.6'),
    async (t) => {
      expectStatus(await ask(t.url, { path: `${modelPath(t.model.name)}/infer` }), 405);
    },
  ),
  rest(
    'allow',
    'an answer 405 lists the methods that are allowed',
    cite('RFC 9110', '15.5.6: MUST generate an Allow header field'),
    async (t) => {
      const answer = await ask(t.url, { path: `${modelPath(t.model.name)}/infer` });
      if (answer.status !== 405) throw new NotApplicable(`GET of the infer path is answered ${answer.status}`);
      expect(/\bPOST\b/.test(answer.headers.allow ?? ''), () => `the Allow header is ${shown(answer.headers.allow)}`);
    },
  ),
  rest('head', 'HEAD is answered as GET is, without a body', cite('RFC 9110', '9.3.2 HEAD'), async ({ url }) => {
    const answer = await ask(url, { method: 'HEAD', path: '/v2/health/live' });
    if (answer.status === 405) throw new NotApplicable('the server does not take HEAD, which RFC 9110 9.1 wants it to');
    expect(answer.status === 200 && answer.body.length === 0, () => `status ${answer.status}`);
  }),
  rest(
    'error-body',
    'the answer about a model that is not there holds {"error": $string}',
    cite('REST', 'Model Metadata Response JSON Error Object'),
    async ({ url }) => {
      expectError(await ask(url, { path: modelPath(NO_SUCH_MODEL) }));
    },
  ),
];

/** The name with its letters in the other case; made longer where it has none. */
export function otherCase(name: string): string {
  const upper = name.toUpperCase();
  if (upper !== name) return upper;
  const lower = name.toLowerCase();
  return lower !== name ? lower : `${name}X`;
}

async function expectJsonType(url: string, path: string): Promise<void> {
  const { headers } = await ask(url, { path });
  expect(isJsonType(headers['content-type']), () => `the Content-Type is ${shown(headers['content-type'])}`);
}

export function isJsonType(type: string | undefined): boolean {
  return /^application\/json\s*(;|$)/i.test(type ?? '');
}
