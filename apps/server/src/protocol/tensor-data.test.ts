import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Refusal } from '../http/refusal.ts';
import { readTensorBytes, readTensorData } from './tensor-data.ts';

const axis = fc.integer({ min: 1, max: 4 });
const tensors = fc.array(axis, { minLength: 1, maxLength: 4 }).chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    numbers: fc.array(fc.float({ min: 0, max: 1, noNaN: true }), sized(product(shape))),
  }),
);

test('flat and nested data give the same numbers, each exactly as it was', () => {
  fc.assert(
    fc.property(tensors, ({ shape, numbers }) => {
      const expected = Float32Array.from(numbers);
      expect(readTensorData(viaJson(numbers), shape, 'FP32', 'data')).toEqual(expected);
      expect(readTensorData(viaJson(nest(numbers, shape)), shape, 'FP32', 'data')).toEqual(expected);
    }),
  );
});

test('any JSON at all is either read or refused with 400', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.array(axis, { minLength: 1, maxLength: 4 }), (data, shape) => {
      try {
        expect(readTensorData(data, shape, 'FP32', 'data')).toHaveLength(product(shape));
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal);
        expect((error as Refusal).status).toBe(400);
      }
    }),
  );
});

test.each<[string, unknown, number[], string]>([
  ['no array', 7, [2], 'data is 7; an array of 2 is needed there.'],
  ['no data', undefined, [2], 'data is missing; an array of 2 is needed there.'],
  ['too few', [0], [2], 'data holds 1 elements; with the shape [2] it must hold 2.'],
  ['too many', [0, 0, 0], [1, 2], 'data holds 3 elements; with the shape [1, 2] it must hold 2.'],
  ['too few rows', [[0, 0]], [2, 2], 'data holds 1 elements; with the shape [2, 2] it must hold 2.'],
  ['a short row', [[0, 0], [0]], [2, 2], 'data[1] holds 1 elements; with the shape [2, 2] it must hold 2.'],
  ['a row that is none', [[0, 0], 5], [2, 2], 'data[1] is 5; an array of 2 is needed there.'],
  ['nested too deep', [[0, [0]]], [1, 2], 'data[0][1] is an array; a number is needed there.'],
  ['nested in a flat array', [0, [0]], [2], 'data[1] is an array; a number is needed there.'],
  ['a string', ['0.5', 0], [2], 'data[0] is "0.5"; a number is needed there.'],
  ['null, which NaN becomes in JSON', [0, null], [2], 'data[1] is null; a number is needed there.'],
  ['true', [true], [1], 'data[0] is true; a number is needed there.'],
  ['an object', [{}], [1], 'data[0] is an object; a number is needed there.'],
  [
    'bytes',
    [0, 255],
    [2],
    "data[1] is 255; this model's input goes from 0 to 1. Divide bytes by 255, or send them as UINT8.",
  ],
  [
    'below',
    [[-0.1]],
    [1, 1],
    "data[0][0] is -0.1; this model's input goes from 0 to 1. Divide bytes by 255, or send them as UINT8.",
  ],
  [
    'endless',
    JSON.parse('[1e999]'),
    [1],
    "data[0] is Infinity; this model's input goes from 0 to 1. Divide bytes by 255, or send them as UINT8.",
  ],
])('refuses %s', (_case, data, shape, message) => {
  expect(() => readTensorData(data, shape, 'FP32', 'data')).toThrow(new Refusal(400, message));
});

test('bytes are scaled as the recognizer scales them, and what is no byte is refused', () => {
  expect(readTensorData([0, 51, 255], [3], 'UINT8', 'data')).toEqual(Float32Array.of(0, 0.2, 1));
  for (const value of [-1, 256, 0.5, 1e9, Number.POSITIVE_INFINITY]) {
    expect(() => readTensorData([value], [1], 'UINT8', 'data')).toThrow(
      new Refusal(400, `data[0] is ${value}; UINT8 is a whole number from 0 to 255.`),
    );
  }
});

test('binary float32 are read where they lie when aligned, and the same numbers when not', () => {
  const bytes = new Uint8Array(4 + 12);
  new Float32Array(bytes.buffer).set([0.25, 0.5, 1], 1);
  const aligned = readTensorBytes(bytes.subarray(4), 'FP32', 'it');
  expect(aligned).toEqual(Float32Array.of(0.25, 0.5, 1));
  expect(aligned.buffer).toBe(bytes.buffer);
  const shifted = new Uint8Array(17);
  shifted.set(bytes, 1);
  expect(readTensorBytes(shifted.subarray(5), 'FP32', 'it')).toEqual(aligned);
  expect(readTensorBytes(Uint8Array.of(0, 255), 'UINT8', 'it')).toEqual(Float32Array.of(0, 1));
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 1.5])('binary %d is refused by its place', (value) => {
  const bytes = new Uint8Array(Float32Array.of(0, 1, value).buffer);
  expect(() => readTensorBytes(bytes, 'FP32', 'inputs[0]')).toThrow(`Number 2 of inputs[0] is ${value}; this model`);
});

test('binary float32: the first that is not from 0 to 1 is named, wherever it is', () => {
  const right = fc.constantFrom(0, -0, 1, 0.5, Math.fround(1e-45), Math.fround(0.9999999));
  const wrong = fc.constantFrom(-1, Math.fround(-1e-45), Math.fround(1.0000001), 2, Number.NaN, -Infinity, Infinity);
  fc.assert(
    fc.property(fc.array(right, { maxLength: 40 }), fc.option(wrong), fc.array(fc.oneof(right, wrong)), (a, b, c) => {
      const numbers = Float32Array.from(b === null ? a : [...a, b, ...c]);
      const read = () => readTensorBytes(new Uint8Array(numbers.buffer), 'FP32', 'it');
      if (b === null) expect(read()).toEqual(numbers);
      else expect(read).toThrow(`Number ${a.length} of it is ${numbers[a.length]}; `);
    }),
  );
});

test('a long string is not sent back whole', () => {
  expect(() => readTensorData(['x'.repeat(1000)], [1], 'FP32', 'data')).toThrow(/^data\[0\] is "x{40}…";/);
});

test('a huge shape takes no memory when the data is not there', () => {
  expect(() => readTensorData([1], [2 ** 40], 'FP32', 'data')).toThrow(/holds 1 elements/);
  expect(() => readTensorData([[1]], [2 ** 40, 2 ** 40], 'FP32', 'data')).toThrow(/holds 1 elements/);
});

function sized(length: number) {
  return { minLength: length, maxLength: length };
}

function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

function viaJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function nest(numbers: readonly number[], [length, ...rest]: readonly number[]): unknown[] {
  if (rest.length === 0) return [...numbers];
  const stride = product(rest);
  return Array.from({ length: length! }, (_, i) => nest(numbers.slice(i * stride, (i + 1) * stride), rest));
}
