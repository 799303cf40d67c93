import { type Case, casesOf, expect, NotApplicable, shown } from '../case.ts';
import { cite } from '../documents.ts';
import { ask, expectError, expectStatus, isObject, jsonObject } from '../http.ts';
import { modelPath, type Target } from '../target.ts';
import { DATATYPES } from '../tensor.ts';
import { isJsonType, NO_SUCH_MODEL, NO_SUCH_VERSION, otherCase } from './health.ts';

const rest = casesOf('rest');
const serverObject = cite('REST', 'Server Metadata Response JSON Object');
const modelObject = cite('REST', 'Model Metadata Response JSON Object');
const modelError = cite('REST', 'Model Metadata Response JSON Error Object');

const serverMetadata = async ({ url }: Target) => jsonObject(await ask(url, { path: '/v2' }));
const modelMetadata = async ({ url, model }: Target, version?: string) => {
  const answer = await ask(url, { path: modelPath(model.name, version) });
  expectStatus(answer, 200);
  return jsonObject(answer);
};

export const metadataCases: readonly Case[] = [
  rest('server-status', 'GET v2 answers 200', serverObject, async ({ url }) => {
    expectStatus(await ask(url, { path: '/v2' }), 200);
  }),
  rest('server-type', 'the server metadata says that it is JSON', cite('RFC 9110', '8.3 Content-Type'), async (t) => {
    const { headers } = await ask(t.url, { path: '/v2' });
    expect(isJsonType(headers['content-type']), () => `the Content-Type is ${shown(headers['content-type'])}`);
  }),
  rest('server-name', 'the server says its name', serverObject, async (t) => {
    const { name } = await serverMetadata(t);
    expect(typeof name === 'string' && name !== '', () => `"name" is ${shown(name)}`);
  }),
  rest('server-version', 'the server says its version', serverObject, async (t) => {
    const { version } = await serverMetadata(t);
    expect(typeof version === 'string' && version !== '', () => `"version" is ${shown(version)}`);
  }),
  rest('server-extensions', 'the server lists its extensions as strings', serverObject, async (t) => {
    const { extensions } = await serverMetadata(t);
    const strings = Array.isArray(extensions) && extensions.every((name) => typeof name === 'string');
    expect(strings, () => `"extensions" is ${shown(extensions)}`);
  }),
  rest('model-status', 'GET v2/models/{m} answers 200', modelObject, async (t) => {
    await modelMetadata(t);
  }),
  rest('model-type', 'the model metadata says that it is JSON', cite('RFC 9110', '8.3 Content-Type'), async (t) => {
    const { headers } = await ask(t.url, { path: modelPath(t.model.name) });
    expect(isJsonType(headers['content-type']), () => `the Content-Type is ${shown(headers['content-type'])}`);
  }),
  rest('model-name', 'the metadata names the model that was asked for', modelObject, async (t) => {
    const { name } = await modelMetadata(t);
    expect(name === t.model.name, () => `"name" is ${shown(name)}`);
  }),
  rest('model-versions', '"versions", where it is given, is an array of strings', modelObject, async (t) => {
    const { versions } = await modelMetadata(t);
    if (versions === undefined) throw new NotApplicable('"versions" is optional and not given');
    const strings = Array.isArray(versions) && versions.every((version) => typeof version === 'string');
    expect(strings, () => `"versions" is ${shown(versions)}`);
  }),
  rest('model-each-version', 'each listed version may be asked for explicitly', modelObject, async (t) => {
    if (t.model.versions.length === 0) throw new NotApplicable('the server lists no versions');
    for (const version of t.model.versions) await modelMetadata(t, version);
  }),
  rest('model-platform', '"platform" is a string', modelObject, async (t) => {
    const { platform } = await modelMetadata(t);
    expect(typeof platform === 'string', () => `"platform" is ${shown(platform)}`);
  }),
  rest(
    'model-platform-format',
    'the platform has the form <project>_<format>',
    cite('REST', 'Platforms'),
    async (t) => {
      const { platform } = await modelMetadata(t);
      expect(/^[^_\s]+_[^\s]+$/.test(String(platform)), () => `"platform" is ${shown(platform)}`);
    },
  ),
  ...(['inputs', 'outputs'] as const).flatMap((side) => tensorCases(side)),
  rest(
    'model-unknown',
    'the metadata of a model that is not there: an error status and object',
    modelError,
    async (t) => {
      expectError(await ask(t.url, { path: modelPath(NO_SUCH_MODEL) }));
    },
  ),
  rest('model-unknown-version', 'so too for a version that is not there', modelError, async (t) => {
    if (t.model.versions.length === 0) throw new NotApplicable('the server lists no versions');
    expectError(await ask(t.url, { path: modelPath(t.model.name, NO_SUCH_VERSION) }));
  }),
  rest(
    'model-case',
    'the name in the path is case-sensitive',
    cite('V2', 'HTTP/REST: all strings in all contexts are case-sensitive'),
    async (t) => {
      const { status } = await ask(t.url, { path: modelPath(otherCase(t.model.name)) });
      expect(status >= 400, () => `${otherCase(t.model.name)} was found too (status ${status})`);
    },
  ),
  rest(
    'model-percent',
    'a percent-encoded letter in the path is the letter',
    cite('RFC 3986', '6.2.2.2 Percent-Encoding Normalization'),
    async (t) => {
      const { name } = t.model;
      const encoded = `%${name.charCodeAt(0).toString(16).toUpperCase()}${name.slice(1)}`;
      expectStatus(await ask(t.url, { path: `/v2/models/${encoded}` }), 200);
    },
  ),
  rest(
    'model-traversal',
    'dots in the path lead nowhere',
    cite('REST', 'Model Metadata: an error status for what is no model'),
    async (t) => {
      for (const path of ['/v2/models/..%2f..%2fetc%2fpasswd', '/v2/models/%2e%2e/ready', '/v2/models/%00']) {
        const { status } = await ask(t.url, { path });
        expect(status >= 400 && status < 500, () => `${path} was answered ${status}`);
      }
    },
  ),
];

function tensorCases(side: 'inputs' | 'outputs'): Case[] {
  const tensors = async (t: Target) => {
    const list = (await modelMetadata(t))[side];
    expect(Array.isArray(list) && list.every(isObject), () => `"${side}" is ${shown(list)}`);
    return list as Record<string, unknown>[];
  };
  const tensor = cite('REST', 'Model Metadata Response JSON Object, $metadata_tensor');
  return [
    rest(`model-${side}`, `"${side}" is an array with a tensor at least`, modelObject, async (t) => {
      expect((await tensors(t)).length > 0, () => `"${side}" is empty`);
    }),
    rest(`model-${side}-names`, `each of the ${side} has a name that no other has`, tensor, async (t) => {
      const names = (await tensors(t)).map(({ name }) => name);
      const strings = names.every((name) => typeof name === 'string' && name !== '');
      expect(strings && new Set(names).size === names.length, () => `the names are ${shown(names)}`);
    }),
    rest(
      `model-${side}-datatypes`,
      `each of the ${side} has one of the data types`,
      cite('GRPC', 'Tensor Data Types'),
      async (t) => {
        const types = (await tensors(t)).map(({ datatype }) => datatype);
        expect(
          types.every((type) => DATATYPES.includes(String(type))),
          () => `the datatypes are ${shown(types)}`,
        );
      },
    ),
    rest(`model-${side}-shapes`, `each of the ${side} has a shape; -1 is a size that varies`, tensor, async (t) => {
      for (const { name, shape } of await tensors(t)) {
        const good = Array.isArray(shape) && shape.every((size) => Number.isInteger(size) && size >= -1 && size !== 0);
        expect(good, () => `the shape of "${name}" is ${shown(shape)}`);
      }
    }),
  ];
}
