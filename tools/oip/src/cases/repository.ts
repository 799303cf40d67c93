import { type Case, casesOf, expect, shown } from '../case.ts';
import { cite } from '../documents.ts';
import { type Answer, ask, expectError, expectStatus, isObject } from '../http.ts';
import { goodRequest, postInfer } from '../rest.ts';
import { modelPath, type Target } from '../target.ts';
import { NO_SUCH_MODEL } from './health.ts';

const repository = casesOf('repository');
const index = cite('REPO', 'Index');
const load = cite('REPO', 'Load');
const unload = cite('REPO', 'Unload');

function post({ repository }: Target, path: string, body?: unknown): Promise<Answer> {
  const { url, key } = repository!;
  return ask(url, {
    method: 'POST',
    path: `/v2/repository/${path}`,
    headers: { 'Content-Type': 'application/json', ...(key === null ? {} : { Authorization: `Bearer ${key}` }) },
    body: body === undefined ? '' : JSON.stringify(body),
  });
}

async function entries(t: Target, body: unknown): Promise<Record<string, unknown>[]> {
  const answer = await post(t, 'index', body);
  expectStatus(answer, 200);
  const list: unknown = JSON.parse(answer.body.toString('utf8'));
  expect(Array.isArray(list) && list.every(isObject), () => `the index is ${shown(list)}`);
  return list as Record<string, unknown>[];
}

const ready = async (t: Target) => (await ask(t.url, { path: `${modelPath(t.model.name)}/ready` })).status === 200;

export const repositoryCases: readonly Case[] = [
  repository('advertised', 'the server metadata lists "model_repository"', cite('REPO', 'Introduction'), async (t) => {
    expect(t.extensions.includes('model_repository'), () => `the extensions are ${shown(t.extensions)}`);
  }),
  repository('index', 'POST v2/repository/index answers 200 with an array', index, async (t) => {
    await entries(t, {});
  }),
  repository(
    'index-fields',
    'each entry has name, state and reason as strings, and a version if any',
    index,
    async (t) => {
      for (const entry of await entries(t, {})) {
        const strings = ['name', 'state', 'reason'].every((field) => typeof entry[field] === 'string');
        const version = entry.version === undefined || typeof entry.version === 'string';
        expect(strings && version, () => `an entry is ${shown(entry)}`);
      }
    },
  ),
  repository('index-model', 'the model that is served is in it', index, async (t) => {
    const names = (await entries(t, {})).map(({ name }) => name);
    expect(names.includes(t.model.name), () => `the names are ${shown(names)}`);
  }),
  repository('index-ready', '"ready": true returns only models that are ready', index, async (t) => {
    for (const { name } of await entries(t, { ready: true })) {
      expectStatus(await ask(t.url, { path: `${modelPath(String(name))}/ready` }), 200);
    }
  }),
  repository('index-bad', 'a "ready" that is no boolean is refused', index, async (t) => {
    expectError(await post(t, 'index', { ready: 'maybe' }));
  }),
  repository('load-again', 'a model that is loaded is loaded again', load, async (t) => {
    expectStatus(await post(t, `models/${t.model.name}/load`), 200);
    expectStatus(await postInfer(t, goodRequest(t.model)), 200);
  }),
  repository('load-parameters', 'a load request may hold parameters', load, async (t) => {
    expectStatus(await post(t, `models/${t.model.name}/load`, { parameters: {} }), 200);
  }),
  repository('load-unknown', 'a model that is not there is not loaded: an error status and object', load, async (t) => {
    expectError(await post(t, `models/${NO_SUCH_MODEL}/load`));
  }),
  repository('load-traversal', 'nor is a path', load, async (t) => {
    expectError(await post(t, 'models/..%2f..%2fetc/load'));
  }),
  repository(
    'unload',
    'a model that was unloaded is not ready and does not infer; loaded again, it does',
    unload,
    async (t) => {
      expectStatus(await post(t, `models/${t.model.name}/unload`), 200);
      try {
        expect(!(await ready(t)), () => 'the model is still ready');
        expectError(await postInfer(t, goodRequest(t.model)));
      } finally {
        expectStatus(await post(t, `models/${t.model.name}/load`), 200);
      }
      expect(await ready(t), () => 'the model is not ready after it was loaded again');
      expectStatus(await postInfer(t, goodRequest(t.model)), 200);
    },
  ),
  repository('unload-unknown', 'unloading a model that is not there is an error', unload, async (t) => {
    expectError(await post(t, `models/${NO_SUCH_MODEL}/unload`));
  }),
];
