import { status } from '@grpc/grpc-js';
import { type Case, casesOf, expect, NotApplicable, shown } from '../case.ts';
import { cite, type Rule } from '../documents.ts';
import { CONTENTS, expectFailure, GrpcFailure, type Message, readGrpcAnswer } from '../grpc.ts';
import { ask, jsonObject } from '../http.ts';
import { expectSame, goodRequest, type InferAnswer, infer, outputNamed, samples } from '../rest.ts';
import { isBatched, modelPath, type Target } from '../target.ts';
import { encode, type Tensor } from '../tensor.ts';
import { NO_SUCH_MODEL, NO_SUCH_VERSION, otherCase } from './health.ts';

const grpc = casesOf('grpc');
const health = cite('GRPC', 'Health');
const serverMetadata = cite('GRPC', 'Server Metadata');
const modelMetadata = cite('GRPC', 'Model Metadata');
const inference = cite('GRPC', 'Inference');
const tensorData = cite('GRPC', 'Tensor Data');
const likeRest = cite('GRPC', 'gRPC: closely follows the concepts defined in the HTTP/REST API');

interface Tensors extends Message {
  inputs: Message[];
  raw_input_contents?: Buffer[];
}

/** A request whose tensors are raw. */
function rawRequest({ model }: Target, batch = 1): Tensors {
  const inputs = samples(model, batch);
  return {
    model_name: model.name,
    inputs: inputs.map(({ name, datatype, shape }) => ({ name, datatype, shape })),
    raw_input_contents: inputs.map(({ datatype, elements }) => encode(datatype, elements)),
  };
}

/** The same request whose tensors are of their type. */
function typedRequest({ model }: Target, batch = 1): Tensors {
  return { model_name: model.name, inputs: samples(model, batch).map(typedInput) };
}

function typedInput({ name, datatype, shape, elements }: Tensor): Message {
  const values = datatype === 'BYTES' ? elements.map((text) => Buffer.from(String(text))) : [...elements];
  return { name, datatype, shape, contents: { [CONTENTS[datatype]!]: values } };
}

const call = (t: Target, method: Parameters<NonNullable<Target['grpc']>['call']>[0], message: Message = {}) =>
  t.grpc!.call(method, message);
const inferRaw = async (t: Target, more: Message = {}, batch = 1): Promise<InferAnswer> =>
  readGrpcAnswer(await call(t, 'ModelInfer', { ...rawRequest(t, batch), ...more }));
const restAnswer = (t: Target, batch = 1) => infer(t, goodRequest(t.model, batch));

export const grpcCases: readonly Case[] = [
  grpc('live', 'ServerLive says true', health, async (t) => {
    const { live } = await call(t, 'ServerLive');
    expect(live === true, () => `live is ${shown(live)}`);
  }),
  grpc('ready', 'ServerReady says true', health, async (t) => {
    const { ready } = await call(t, 'ServerReady');
    expect(ready === true, () => `ready is ${shown(ready)}`);
  }),
  grpc('model-ready', 'ModelReady says true for the model', health, async (t) => {
    const { ready } = await call(t, 'ModelReady', { name: t.model.name });
    expect(ready === true, () => `ready is ${shown(ready)}`);
  }),
  grpc('model-ready-version', 'so it does for each listed version', health, async (t) => {
    if (t.model.versions.length === 0) throw new NotApplicable('the server lists no versions');
    for (const version of t.model.versions) {
      const { ready } = await call(t, 'ModelReady', { name: t.model.name, version });
      expect(ready === true, () => `ready is ${shown(ready)} for ${version}`);
    }
  }),
  grpc('model-ready-unknown', 'a model that is not there is not ready: false, or a status other than OK', health, (t) =>
    expectNotReady(t, { name: NO_SUCH_MODEL }),
  ),
  grpc('model-ready-unknown-version', 'so is a version that is not there', health, async (t) => {
    if (t.model.versions.length === 0) throw new NotApplicable('the server lists no versions');
    await expectNotReady(t, { name: t.model.name, version: NO_SUCH_VERSION });
  }),
  grpc('model-ready-no-name', 'so is a model with no name', health, (t) => expectNotReady(t, {})),
  grpc('server-name', 'ServerMetadata says the server’s name and version', serverMetadata, async (t) => {
    const { name, version } = await call(t, 'ServerMetadata');
    expect(name !== '' && version !== '', () => `name ${shown(name)}, version ${shown(version)}`);
  }),
  grpc('server-as-rest', 'they are those of REST', likeRest, async (t) => {
    const { name, version } = await call(t, 'ServerMetadata');
    const other = jsonObject(await ask(t.url, { path: '/v2' }));
    expect(name === other.name && version === other.version, () => `${name} ${version}; REST: ${shown(other)}`);
  }),
  grpc('server-extensions', 'ServerMetadata lists the extensions', serverMetadata, async (t) => {
    const { extensions } = await call(t, 'ServerMetadata');
    const strings = Array.isArray(extensions) && extensions.every((name) => typeof name === 'string' && name !== '');
    expect(strings, () => `the extensions are ${shown(extensions)}`);
  }),
  grpc('model-name', 'ModelMetadata names the model that was asked for', modelMetadata, async (t) => {
    const { name } = await call(t, 'ModelMetadata', { name: t.model.name });
    expect(name === t.model.name, () => `the name is ${shown(name)}`);
  }),
  grpc('model-platform', 'ModelMetadata says the platform of REST', likeRest, async (t) => {
    const { platform } = await call(t, 'ModelMetadata', { name: t.model.name });
    const other = jsonObject(await ask(t.url, { path: modelPath(t.model.name) })).platform;
    expect(platform === other, () => `${shown(platform)}; REST: ${shown(other)}`);
  }),
  grpc('model-versions', 'ModelMetadata lists the versions of REST', likeRest, async (t) => {
    const { versions } = await call(t, 'ModelMetadata', { name: t.model.name });
    expect(String(versions) === String(t.model.versions), () => `${shown(versions)}; REST: ${shown(t.model.versions)}`);
  }),
  ...(['inputs', 'outputs'] as const).map((side) =>
    grpc(`model-${side}`, `ModelMetadata describes the ${side} as REST does`, likeRest, async (t) => {
      const tensors = (await call(t, 'ModelMetadata', { name: t.model.name }))[side] as Message[];
      const plain = (list: readonly object[]) =>
        JSON.stringify((list as Message[]).map(({ name, datatype, shape }) => [name, datatype, shape]));
      expect(plain(tensors) === plain(t.model[side]), () => `${plain(tensors)}; REST: ${plain(t.model[side])}`);
    }),
  ),
  grpc('model-version', 'each listed version has metadata of its own', modelMetadata, async (t) => {
    if (t.model.versions.length === 0) throw new NotApplicable('the server lists no versions');
    for (const version of t.model.versions) await call(t, 'ModelMetadata', { name: t.model.name, version });
  }),
  grpc('model-unknown', 'a model that is not there: a status other than OK', modelMetadata, (t) =>
    expectFailure(call(t, 'ModelMetadata', { name: NO_SUCH_MODEL })),
  ),
  grpc('model-not-found', 'that status is NOT_FOUND', cite('STATUS', 'NOT_FOUND'), (t) =>
    expectFailure(call(t, 'ModelMetadata', { name: NO_SUCH_MODEL }), [status.NOT_FOUND]),
  ),
  grpc(
    'model-case',
    'names are case-sensitive',
    cite('V2', 'GRPC: all strings in all contexts are case-sensitive'),
    (t) => expectFailure(call(t, 'ModelMetadata', { name: otherCase(t.model.name) })),
  ),
  grpc('model-unknown-version', 'a version that is not there: a status other than OK', modelMetadata, async (t) => {
    if (t.model.versions.length === 0) throw new NotApplicable('the server lists no versions');
    await expectFailure(call(t, 'ModelMetadata', { name: t.model.name, version: NO_SUCH_VERSION }));
  }),
  grpc('raw', 'raw_input_contents are read, and give what REST gives', tensorData, async (t) => {
    expectSame(await inferRaw(t), await restAnswer(t), 'raw contents', 1e-6);
  }),
  grpc('typed', 'typed contents are read, and give the same', tensorData, async (t) => {
    expectSame(readGrpcAnswer(await call(t, 'ModelInfer', typedRequest(t))), await inferRaw(t), 'typed contents', 1e-6);
  }),
  grpc('batch', 'so does a batch of three rows', inference, async (t) => {
    if (!isBatched(t.model)) throw new NotApplicable('the first axis of the inputs does not vary');
    expectSame(await inferRaw(t, {}, 3), await restAnswer(t, 3), 'three rows', 1e-6);
  }),
  grpc('infer-model', 'the answer names the model and one of its versions', inference, async (t) => {
    const { model_name: name, model_version: version } = (await inferRaw(t)).json;
    const known = t.model.versions.length === 0 || t.model.versions.includes(String(version));
    expect(name === t.model.name && known, () => `${name}, version ${shown(version)}`);
  }),
  grpc('infer-version', 'each listed version may be asked explicitly', inference, async (t) => {
    if (t.model.versions.length === 0) throw new NotApplicable('the server lists no versions');
    for (const version of t.model.versions) {
      const { json } = await inferRaw(t, { model_version: version });
      expect(json.model_version === version, () => `the version is ${shown(json.model_version)}`);
    }
  }),
  grpc('infer-id', 'the id comes back', inference, async (t) => {
    const { json } = await inferRaw(t, { id: 'Größe 42' });
    expect(json.id === 'Größe 42', () => `the id is ${shown(json.id)}`);
  }),
  grpc('infer-outputs', 'without "outputs" all of the model’s come back', inference, async (t) => {
    const answer = await inferRaw(t);
    for (const { name, datatype } of t.model.outputs) {
      const found = outputNamed(answer, name).datatype;
      expect(found === datatype, () => `"${name}" is ${found}; the metadata says ${datatype}`);
    }
  }),
  ...[0, -1].map((at) =>
    grpc(
      `infer-${at === 0 ? 'first' : 'last'}-output`,
      'one output alone comes back where it alone is requested',
      inference,
      async (t) => {
        const { name } = t.model.outputs.at(at)!;
        const answer = await inferRaw(t, { outputs: [{ name }] });
        const names = answer.outputs.map((output) => output.name);
        expect(names.join() === name, () => `requested ${shown([name])}, got ${shown(names)}`);
        const all = await inferRaw(t);
        expectSame(answer, { ...all, outputs: [outputNamed(all, name)] }, `"${name}" alone`);
      },
    ),
  ),
  grpc('infer-reversed', 'raw_output_contents come in the order of the outputs', inference, async (t) => {
    const outputs = [...t.model.outputs].reverse().map(({ name }) => ({ name }));
    expectSame(await inferRaw(t, { outputs }), await inferRaw(t), 'outputs in another order');
  }),
  grpc(
    'infer-parameters',
    'parameters that only others know are taken or refused, and break nothing',
    cite('GRPC', 'Parameters'),
    async (t) => {
      const parameters = {
        own_flag: { bool_param: true },
        own_number: { int64_param: 7 },
        own_text: { string_param: 'x' },
      };
      await call(t, 'ModelInfer', { ...rawRequest(t), parameters }).catch((error) => {
        expect(error instanceof GrpcFailure && error.code === status.INVALID_ARGUMENT, () => String(error));
      });
    },
  ),
  grpc('infer-many', 'eight calls at once on one connection are each answered as alone', inference, async (t) => {
    const alone = await inferRaw(t);
    const answers = await Promise.all(Array.from({ length: 8 }, (_, k) => inferRaw(t, { id: `call ${k}` })));
    for (const [k, answer] of answers.entries()) {
      expect(answer.json.id === `call ${k}`, () => `call ${k} was answered with the id ${shown(answer.json.id)}`);
      expectSame(answer, alone, `call ${k}`, 1e-4);
    }
  }),
  grpc(
    'classification',
    'classification: 2 returns BYTES <value>:<index>[:<label>]',
    cite('CLASS', 'GRPC'),
    async (t) => {
      if (!t.extensions.includes('classification'))
        throw new NotApplicable('the server does not list "classification"');
      const output = t.model.outputs.find(({ shape, datatype }) => shape.length === 2 && datatype.startsWith('FP'));
      if (output === undefined) throw new NotApplicable('the model has no output [batch, classes] of floats');
      const { name } = output;
      const outputs = [{ name, parameters: { classification: { int64_param: 2 } } }];
      const found = outputNamed(await inferRaw(t, { outputs }), name);
      const good = found.datatype === 'BYTES' && found.elements.every((text) => /^[^:]+:\d+(:.*)?$/.test(String(text)));
      expect(good && found.elements.length === 2, () => `${found.datatype} ${shown(found.elements)}`);
    },
  ),
  grpc('unknown-method', 'a method that is not there is UNIMPLEMENTED', cite('STATUS', 'UNIMPLEMENTED'), (t) =>
    expectFailure(call(t, 'NoSuchMethod'), [status.UNIMPLEMENTED]),
  ),
  ...refusals(),
  grpc('live-after-refusals', 'after all of that the server is live', health, async (t) => {
    const { live } = await call(t, 'ServerLive');
    expect(live === true, () => `live is ${shown(live)}`);
    await inferRaw(t);
  }),
];

async function expectNotReady(t: Target, message: Message): Promise<void> {
  const answer = await call(t, 'ModelReady', message).catch((error: unknown) => {
    if (error instanceof GrpcFailure) return { ready: false };
    throw error;
  });
  expect(answer.ready === false, () => `ready is ${shown(answer.ready)}`);
}

function refusals(): Case[] {
  const contents = cite('GRPC', 'Inference: raw_input_contents');
  const firstInput = (change: Message) => (t: Target) => {
    const request = rawRequest(t);
    return { ...request, inputs: [{ ...request.inputs[0], ...change }, ...request.inputs.slice(1)] };
  };
  const faults: readonly (readonly [id: string, what: string, rule: Rule, make: (t: Target) => Message])[] = [
    ['unknown-model', 'a model that is not there', inference, (t) => ({ ...rawRequest(t), model_name: NO_SUCH_MODEL })],
    ['no-model', 'no model', inference, (t) => ({ ...rawRequest(t), model_name: '' })],
    [
      'unknown-version',
      'a version that is not there',
      inference,
      (t) => ({ ...rawRequest(t), model_version: NO_SUCH_VERSION }),
    ],
    ['no-inputs', 'no inputs', inference, ({ model }) => ({ model_name: model.name })],
    ['name', 'an input that the model has not', inference, firstInput({ name: 'no-such-input' })],
    ['datatype', 'a data type that there is not', cite('GRPC', 'Tensor Data Types'), firstInput({ datatype: 'FP99' })],
    ['no-datatype', 'no data type', inference, firstInput({ datatype: '' })],
    ['shape', 'a shape that says more than the content holds', inference, firstInput({ shape: [7, 7, 7, 7] })],
    ['shape-negative', 'a negative size', inference, firstInput({ shape: [-1, 784] })],
    ['shape-huge', 'a shape of 2⁶² elements', inference, firstInput({ shape: [2 ** 31, 2 ** 31] })],
    ['no-shape', 'no shape', inference, firstInput({ shape: [] })],
    [
      'output',
      'an output that the model has not',
      inference,
      (t) => ({ ...rawRequest(t), outputs: [{ name: 'no-such-output' }] }),
    ],
    ['raw-short', 'raw content that is too short', contents, (t) => changeRaw(t, (bytes) => bytes.subarray(1))],
    [
      'raw-long',
      'raw content that is too long',
      contents,
      (t) => changeRaw(t, (bytes) => Buffer.concat([bytes, Buffer.alloc(4)])),
    ],
    ['raw-missing', 'neither raw nor typed contents', contents, (t) => ({ ...rawRequest(t), raw_input_contents: [] })],
    [
      'raw-extra',
      'raw content that belongs to no input',
      contents,
      (t) => {
        const request = rawRequest(t);
        return { ...request, raw_input_contents: [...request.raw_input_contents!, Buffer.alloc(4)] };
      },
    ],
    [
      'both',
      'raw and typed contents at once',
      cite('GRPC', 'Inference: contents must not be specified beside raw'),
      (t) => ({
        ...rawRequest(t),
        inputs: typedRequest(t).inputs,
      }),
    ],
    [
      'typed-short',
      'typed contents that are too few',
      tensorData,
      (t) => ({
        model_name: t.model.name,
        inputs: samples(t.model).map((tensor) => typedInput({ ...tensor, elements: tensor.elements.slice(1) })),
      }),
    ],
    [
      'input-twice',
      'an input given twice',
      inference,
      (t) => {
        const { inputs, raw_input_contents: raw, ...rest } = rawRequest(t);
        return { ...rest, inputs: [...inputs, inputs[0]], raw_input_contents: [...raw!, raw![0]] };
      },
    ],
  ];
  const theSenders = [status.INVALID_ARGUMENT, status.NOT_FOUND, status.OUT_OF_RANGE, status.FAILED_PRECONDITION];
  return [
    ...faults.map(([id, what, rule, make]) =>
      grpc(`refuse-${id}`, `refused with a status other than OK, and a message: ${what}`, rule, (t) =>
        expectFailure(call(t, 'ModelInfer', make(t))),
      ),
    ),
    grpc(
      'refuse-as-client-error',
      'none of these faults, all the caller’s, is UNKNOWN or INTERNAL',
      cite('STATUS', 'INVALID_ARGUMENT: the client specified an invalid argument'),
      async (t) => {
        const wrong: string[] = [];
        for (const [id, , , make] of faults) {
          await call(t, 'ModelInfer', make(t)).catch((error: unknown) => {
            if (error instanceof GrpcFailure && !theSenders.includes(error.code))
              wrong.push(`${id} (${status[error.code]})`);
          });
        }
        expect(wrong.length === 0, () => `not the caller’s fault, so the server says: ${wrong.join(', ')}`);
      },
    ),
  ];
}

function changeRaw(t: Target, change: (bytes: Buffer) => Buffer): Message {
  const request = rawRequest(t);
  const [first, ...others] = request.raw_input_contents!;
  return { ...request, raw_input_contents: [change(first!), ...others] };
}
