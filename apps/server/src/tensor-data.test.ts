import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Refusal } from './refusal.ts';
import { readTensorData } from './tensor-data.ts';

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
      expect(readTensorData(viaJson(numbers), shape, [0, 1], 'data')).toEqual(expected);
      expect(readTensorData(viaJson(nest(numbers, shape)), shape, [0, 1], 'data')).toEqual(expected);
    }),
  );
});

test('any JSON at all is either read or refused with 400', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.array(axis, { minLength: 1, maxLength: 4 }), (data, shape) => {
      try {
        expect(readTensorData(data, shape, [0, 1], 'data')).toHaveLength(product(shape));
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
  ['bytes', [0, 255], [2], "data[1] is 255; this model's input goes from 0 to 1. Divide bytes by 255."],
  ['below', [[-0.1]], [1, 1], "data[0][0] is -0.1; this model's input goes from 0 to 1. Divide bytes by 255."],
  [
    'endless',
    JSON.parse('[1e999]'),
    [1],
    "data[0] is Infinity; this model's input goes from 0 to 1. Divide bytes by 255.",
  ],
])('refuses %s', (_case, data, shape, message) => {
  expect(() => readTensorData(data, shape, [0, 1], 'data')).toThrow(new Refusal(400, message));
});

test('a long string is not sent back whole', () => {
  expect(() => readTensorData(['x'.repeat(1000)], [1], [0, 1], 'data')).toThrow(/^data\[0\] is "x{40}…";/);
});

test('a huge shape takes no memory when the data is not there', () => {
  expect(() => readTensorData([1], [2 ** 40], [0, 1], 'data')).toThrow(/holds 1 elements/);
  expect(() => readTensorData([[1]], [2 ** 40, 2 ** 40], [0, 1], 'data')).toThrow(/holds 1 elements/);
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
