import { describe, expect, test } from 'vitest';

import { bundleFixture } from './bundle.fixture.ts';
import { greyImage } from './grey-image.ts';
import { normalize } from './normalize.ts';
import { Problem } from './problem.ts';
import { createRecognizer, type OrtTensor } from './recognizer.ts';
import { softmax } from './softmax.ts';
import { drawStrokes } from './strokes.ts';
import { toTensor } from './tensor.ts';

/** A tensor as onnxruntime's: it holds what it was made from. */
class Tensor implements OrtTensor {
  readonly type: string;
  readonly data: unknown;
  readonly dims: readonly number[];
  constructor(type: 'float32', data: Float32Array, dims: readonly number[]) {
    this.type = type;
    this.data = data;
    this.dims = dims;
  }
}

interface Run {
  feeds: Record<string, Tensor>;
  fetches: readonly string[];
}

/** A session that notes what it is asked and answers what it is told to. */
function fakeSession(output: (feeds: Record<string, Tensor>) => Record<string, OrtTensor>) {
  const runs: Run[] = [];
  return {
    runs,
    async run(feeds: Record<string, Tensor>, fetches: readonly string[]) {
      runs.push({ feeds, fetches });
      return output(feeds);
    },
  };
}

/** Logits whose class k is the mean grey of the k-th tenth of the image: enough to tell images apart. */
function tenths(feeds: Record<string, Tensor>): Record<string, OrtTensor> {
  const { data, dims } = feeds.image!;
  const batch = dims[0]!;
  const logits = new Float32Array(batch * 10);
  (data as Float32Array).forEach((grey, at) => {
    logits[Math.floor(at / 784) * 10 + Math.min(9, Math.floor((at % 784) / 78))]! += grey;
  });
  return { logits: { data: logits, dims: [batch, 10] } };
}

const stroke = [
  { x: 50, y: 20 },
  { x: 55, y: 90 },
];
const drawing = drawStrokes([stroke], { width: 100, height: 110, pen: 12 });

describe('logits', () => {
  test('the session gets the images as the contract says, and is asked for the logits alone', async () => {
    const session = fakeSession(tenths);
    const images = Float32Array.from({ length: 3 * 784 }, (_, i) => (i % 256) / 255);
    const logits = await createRecognizer({ Tensor }, session, bundleFixture()).logits(images);
    expect(logits).toBeInstanceOf(Float32Array);
    expect(logits).toHaveLength(30);
    expect(session.runs).toHaveLength(1);
    const [{ feeds, fetches }] = session.runs as [Run];
    expect(Object.keys(feeds)).toEqual(['image']);
    expect(feeds.image).toMatchObject({ type: 'float32', dims: [3, 28, 28, 1] });
    expect(feeds.image!.data).toEqual(images);
    expect(fetches).toEqual(['logits']);
  });

  test('the names are the bundle’s', async () => {
    const bundle = bundleFixture({
      input: { ...bundleFixture().input, name: 'pixels' },
      outputs: { logits: 'scores', probabilities: 'p' },
    });
    const session = fakeSession(() => ({ scores: { data: new Float32Array(10), dims: [1, 10] } }));
    await createRecognizer({ Tensor }, session, bundle).logits(new Float32Array(784));
    expect(Object.keys(session.runs[0]!.feeds)).toEqual(['pixels']);
    expect(session.runs[0]!.fetches).toEqual(['scores']);
  });

  test.each([0, 1, 783, 785, 1000])('%d numbers are no whole images', async (length) => {
    const session = fakeSession(tenths);
    const recognizer = createRecognizer({ Tensor }, session, bundleFixture());
    await expect(recognizer.logits(new Float32Array(length))).rejects.toThrow(
      new Problem(`A batch needs 784 numbers an image; ${length} numbers are not a whole number of images.`),
    );
    expect(session.runs).toHaveLength(0);
  });

  test.each<[what: string, output: Record<string, OrtTensor>, found: string]>([
    ['no such output', { probabilities: { data: new Float32Array(10), dims: [1, 10] } }, 'is missing'],
    ['nine classes', { logits: { data: new Float32Array(9), dims: [1, 9] } }, 'Float32Array of 36 bytes, [1, 9]'],
    ['batch and classes swapped', { logits: { data: new Float32Array(10), dims: [10, 1] } }, '[10, 1]'],
    ['an axis too many', { logits: { data: new Float32Array(10), dims: [1, 1, 10] } }, '[1, 1, 10]'],
    ['doubles', { logits: { data: new Float64Array(10), dims: [1, 10] } }, 'Float64Array of 80 bytes, [1, 10]'],
    ['whole numbers', { logits: { data: new BigInt64Array(10), dims: [1, 10] } }, 'BigInt64Array'],
    ['data short of its shape', { logits: { data: new Float32Array(5), dims: [1, 10] } }, 'Float32Array of 20 bytes'],
    ['data on another device', { logits: { data: undefined, dims: [1, 10] } }, 'undefined data, [1, 10]'],
  ])('a model that does not keep the contract is refused: %s', async (_, output, found) => {
    const recognizer = createRecognizer(
      { Tensor },
      fakeSession(() => output),
      bundleFixture(),
    );
    const failed = recognizer.logits(new Float32Array(784));
    await expect(failed).rejects.toThrow(Problem);
    await expect(failed).rejects.toThrow(
      /^digits 1\.2\.3 does not keep its contract: output "logits" should be float32 \[1, 10\] and is /,
    );
    await expect(failed).rejects.toThrow(found);
  });

  test('an error of the session goes to the caller', async () => {
    const session = {
      run: async () => {
        throw new Error('out of memory');
      },
    };
    await expect(createRecognizer({ Tensor }, session, bundleFixture()).logits(new Float32Array(784))).rejects.toThrow(
      'out of memory',
    );
  });
});

describe('recognize', () => {
  test('the net sees the normalised drawing, and its logits become the answer', async () => {
    const session = fakeSession(tenths);
    const bundle = bundleFixture({ rejectionThreshold: 0 });
    const recognizer = createRecognizer({ Tensor }, session, bundle);
    expect(recognizer.bundle).toBe(bundle);
    const result = await recognizer.recognize(drawing);

    const image = normalize(drawing)!;
    expect(result.image).toEqual(image);
    expect(session.runs[0]!.feeds.image!.data).toEqual(toTensor(image));
    const logits = await recognizer.logits(toTensor(image));
    expect(result.probabilities).toEqual(softmax(logits, bundle.temperature));
    expect(result.index).toBe(logits.indexOf(Math.max(...logits)));
    expect(result.label).toBe(bundle.labels[result.index!]);
    expect(result.rejection).toBeNull();
  });

  test('an uncertain answer is refused, with its probabilities and its image', async () => {
    const even = fakeSession(() => ({ logits: { data: new Float32Array(10), dims: [1, 10] } }));
    const result = await createRecognizer({ Tensor }, even, bundleFixture()).recognize(drawing);
    expect(result).toEqual({
      label: null,
      index: null,
      probabilities: new Array(10).fill(0.1),
      rejection: 'uncertain',
      image: normalize(drawing),
    });
  });

  test('a blank image is answered without asking the net', async () => {
    const session = fakeSession(tenths);
    const result = await createRecognizer({ Tensor }, session, bundleFixture()).recognize(greyImage(40, 30));
    expect(result).toMatchObject({ label: null, rejection: 'blank', image: new Uint8Array(784) });
    expect(session.runs).toHaveLength(0);
  });

  test('a net that gives no numbers is a fault, not a digit', async () => {
    const session = fakeSession(() => ({ logits: { data: new Float32Array(10).fill(Number.NaN), dims: [1, 10] } }));
    await expect(createRecognizer({ Tensor }, session, bundleFixture()).recognize(drawing)).rejects.toThrow(Problem);
  });
});

describe('recognizeLine', () => {
  /** A session that is sure of every image alike. */
  const sure = () =>
    fakeSession((feeds) => {
      const batch = feeds.image!.dims[0]!;
      const logits = new Float32Array(batch * 10).map((_, i) => (i % 10 === 3 ? 20 : 0));
      return { logits: { data: logits, dims: [batch, 10] } };
    });
  const sticks = [20, 120, 220].map((x) => [
    { x, y: 20 },
    { x: x + 5, y: 90 },
  ]);
  const ink = drawStrokes(sticks, { width: 260, height: 110, pen: 10 });

  test('digits from left to right with their places, in one run of the session', async () => {
    const session = sure();
    const line = await createRecognizer({ Tensor }, session, bundleFixture()).recognizeLine(ink);
    expect(line).toMatchObject({ text: '333', rejection: null });
    expect(line.digits.map(({ box }) => Math.round((box.left + box.width / 2) / 10))).toEqual([2, 12, 22]);
    expect(session.runs).toHaveLength(1);
  });

  test('strokes in any order and unit, with boxes in that unit', async () => {
    const recognizer = createRecognizer({ Tensor }, sure(), bundleFixture());
    const strokes = sticks.toReversed().map((stroke) => stroke.map(({ x, y }) => ({ x: x / 300, y: y / 300 })));
    const line = await recognizer.recognizeLine(strokes);
    expect(line.text).toBe('333');
    expect(line.digits[1]!.box.left).toBeCloseTo(0.4, 6);
    expect(line.digits[1]!.box.height).toBeCloseTo(70 / 300, 6);
  });

  test('one digit is answered as recognize answers it', async () => {
    const recognizer = createRecognizer({ Tensor }, fakeSession(tenths), bundleFixture());
    const { box: _, ...digit } = (await recognizer.recognizeLine(drawing)).digits[0]!;
    expect(digit).toEqual(await recognizer.recognize(drawing));
  });

  test('what is no digit is a question mark in the text, and the line says so', async () => {
    const even = fakeSession((feeds) => {
      const batch = feeds.image!.dims[0]!;
      return { logits: { data: new Float32Array(batch * 10), dims: [batch, 10] } };
    });
    const line = await createRecognizer({ Tensor }, even, bundleFixture()).recognizeLine(ink);
    expect(line.text).toBe('???');
    expect(line.rejection).toBe('uncertain');
    expect(line.digits[0]).toMatchObject({ label: null, rejection: 'uncertain' });
  });

  test.each([
    // The first image is the first stick alone.
    [1, 3, 5, '333'],
    [1, 2, 5, '33'],
    [9, 3, 5, '???'],
    // 25 % probable, where 40 % are asked of a digit alone; then 15 %.
    [1, 2, Math.log(3), '33'],
    [1, 2, Math.log(1.6), '?3'],
  ])('the first %i images doubtful, %i sticks, a logit of %d: %s', async (doubtful, count, doubt, text) => {
    const some = drawStrokes(sticks.slice(0, count), { width: 260, height: 110, pen: 10 });
    const session = fakeSession((feeds) => {
      const batch = feeds.image!.dims[0]!;
      const logits = new Float32Array(batch * 10).map((_, i) => (i % 10 !== 3 ? 0 : i < 10 * doubtful ? doubt : 20));
      return { logits: { data: logits, dims: [batch, 10] } };
    });
    const bundle = bundleFixture({ rejectionThreshold: 0.4, rejection: { score: 'logit', threshold: 10 } });
    expect((await createRecognizer({ Tensor }, session, bundle).recognizeLine(some)).text).toBe(text);
  });

  test('nothing drawn is blank, and the net is not asked', async () => {
    const session = sure();
    const recognizer = createRecognizer({ Tensor }, session, bundleFixture());
    for (const nothing of [greyImage(40, 30), [], [[]], [[{ x: 4, y: 4 }]]]) {
      expect(await recognizer.recognizeLine(nothing)).toEqual({ text: '', digits: [], rejection: 'blank' });
    }
    expect(session.runs).toHaveLength(0);
  });
});
