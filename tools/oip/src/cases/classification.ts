import { binaryBody, postBinary, readMixed } from '../binary.ts';
import { type Case, casesOf, expect, NotApplicable, shown } from '../case.ts';
import { cite } from '../documents.ts';
import { expectError, expectStatus } from '../http.ts';
import { goodRequest, infer, outputNamed, postInfer } from '../rest.ts';
import { isBatched, type Target } from '../target.ts';
import { SIZES, type TensorSpec } from '../tensor.ts';

const classification = casesOf('classification');
const intro = cite('CLASS', 'Classification Extension');
const rest = cite('CLASS', 'HTTP/REST');

interface Class {
  readonly value: number;
  readonly index: number;
  readonly label: string | undefined;
}

/** The output that is classified: the first numeric one, `[batch, classes]`. */
function classified({ model }: Target): TensorSpec {
  const output = model.outputs.find(({ datatype, shape }) => SIZES[datatype] !== undefined && shape.length === 2);
  if (output === undefined) throw new NotApplicable('the model has no output [batch, classes] of numbers');
  return output;
}

/** Asks for the top classes of each row; raw and classified from the same input. */
async function classify(
  t: Target,
  k: number,
  batch = 1,
): Promise<{ rows: Class[][]; raw: number[][]; texts: string[] }> {
  const { name } = classified(t);
  const outputs = [{ name, parameters: { classification: k } }];
  const output = outputNamed(await infer(t, { ...goodRequest(t.model, batch), outputs }), name);
  expect(output.datatype === 'BYTES', () => `the datatype is ${output.datatype}, expected BYTES`);
  const shape = [batch, k];
  expect(output.shape.join() === shape.join(), () => `the shape is ${shown(output.shape)}, expected ${shown(shape)}`);
  const plain = outputNamed(await infer(t, goodRequest(t.model, batch)), name);
  const width = plain.shape[1]!;
  return {
    texts: output.elements.map(String),
    rows: Array.from({ length: batch }, (_, b) => output.elements.slice(b * k, (b + 1) * k).map(parse)),
    raw: Array.from({ length: batch }, (_, b) => plain.elements.slice(b * width, (b + 1) * width).map(Number)),
  };
}

function parse(text: unknown): Class {
  const match = /^([^:]+):(\d+)(?::(.*))?$/s.exec(String(text));
  expect(match !== null, () => `${shown(text)} is not <value>:<index>[:<label>]`);
  return { value: Number(match![1]), index: Number(match![2]), label: match![3] };
}

const width = (t: Target) => {
  const size = classified(t).shape[1]!;
  if (size < 2) throw new NotApplicable('the number of classes is not known from the metadata');
  return size;
};

export const classificationCases: readonly Case[] = [
  classification('advertised', 'the server metadata lists "classification"', intro, async (t) => {
    expect(t.extensions.includes('classification'), () => `the extensions are ${shown(t.extensions)}`);
  }),
  classification('top-1', 'classification: 1 returns BYTES [batch, 1]', intro, async (t) => {
    await classify(t, 1);
  }),
  classification('format', 'each element is <value>:<index>[:<label>]', intro, async (t) => {
    await classify(t, 2);
  }),
  classification('index', 'the first index is that of the highest value', intro, async (t) => {
    const { rows, raw } = await classify(t, 1);
    const highest = raw[0]!.indexOf(Math.max(...raw[0]!));
    expect(rows[0]![0]!.index === highest, () => `index ${rows[0]![0]!.index}, expected ${highest}`);
  }),
  classification('value', 'the value is the one at that index', intro, async (t) => {
    const { rows, raw } = await classify(t, 2);
    for (const { value, index } of rows[0]!) {
      const expected = raw[0]![index]!;
      const near = Math.abs(value - expected) <= 1e-4 * Math.max(1, Math.abs(expected));
      expect(near, () => `the value at index ${index} is ${value}, expected ${expected}`);
    }
  }),
  classification('order', 'the classes come highest first', intro, async (t) => {
    const values = (await classify(t, width(t))).rows[0]!.map(({ value }) => value);
    const sorted = values.every((value, k) => k === 0 || value <= values[k - 1]!);
    expect(sorted, () => `the values are ${shown(values)}`);
  }),
  classification('all', 'all classes, each once, where as many are asked for', intro, async (t) => {
    const indices = (await classify(t, width(t))).rows[0]!.map(({ index }) => index).sort((a, b) => a - b);
    expect(
      indices.every((index, k) => index === k),
      () => `the indices are ${shown(indices)}`,
    );
  }),
  classification('labels', 'labels, where the model has them, come with every class', intro, async (t) => {
    const labels = (await classify(t, width(t))).rows[0]!.map(({ label }) => label);
    const none = labels.every((label) => label === undefined);
    expect(none || labels.every((label) => label !== undefined), () => `the labels are ${shown(labels)}`);
  }),
  classification('batch', 'each row of a batch has classes of its own', intro, async (t) => {
    if (!isBatched(t.model)) throw new NotApplicable('the first axis of the inputs does not vary');
    const { rows, raw } = await classify(t, 1, 3);
    for (const [b, [top]] of rows.entries()) {
      const highest = raw[b]!.indexOf(Math.max(...raw[b]!));
      expect(top!.index === highest, () => `row ${b}: index ${top!.index}, expected ${highest}`);
    }
  }),
  classification('others', 'outputs without the parameter stay as they are', rest, async (t) => {
    const { name } = classified(t);
    const other = t.model.outputs.find((output) => output.name !== name);
    if (other === undefined) throw new NotApplicable('the model has one output');
    const outputs = [{ name, parameters: { classification: 1 } }, { name: other.name }];
    const answer = await infer(t, { ...goodRequest(t.model), outputs });
    const found = outputNamed(answer, other.name);
    expect(found.datatype === other.datatype, () => `"${other.name}" is ${found.datatype}`);
  }),
  classification('binary', 'classes may be asked for as binary data', cite('BINARY', 'BYTES elements'), async (t) => {
    if (!t.extensions.includes('binary_tensor_data')) throw new NotApplicable('no binary tensor data');
    const { name } = classified(t);
    const outputs = [{ name, parameters: { classification: 2, binary_data: true } }];
    const { body, headerLength } = binaryBody({ ...goodRequest(t.model), outputs }, []);
    const answer = await postBinary(t, body, headerLength);
    expectStatus(answer, 200);
    const texts = outputNamed(readMixed(answer), name).elements.map(String);
    expect(texts.join() === (await classify(t, 2)).texts.join(), () => `the classes are ${shown(texts)}`);
  }),
  ...(
    [
      ['negative', -1],
      ['fraction', 1.5],
      ['text', 'two'],
      ['object', {}],
    ] as const
  ).map(([what, k]) =>
    classification(`refuse-${what}`, `refused with an error: classification: ${JSON.stringify(k)}`, rest, async (t) => {
      const outputs = [{ name: classified(t).name, parameters: { classification: k } }];
      const answer = await postInfer(t, { ...goodRequest(t.model), outputs });
      expectError(answer);
      expect(answer.status < 500, () => `status ${answer.status}`);
    }),
  ),
];
