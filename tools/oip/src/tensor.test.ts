import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Broken, NotApplicable } from './case.ts';
import { decode, encode, nest, SIZES, sample } from './tensor.ts';

test('a sample fits its description: the first varying axis is the batch, others are 1', () => {
  expect(sample({ name: 'x', datatype: 'FP32', shape: [-1, 2, -1] }, 3)).toMatchObject({ shape: [3, 2, 1] });
  for (const datatype of [...Object.keys(SIZES).filter((type) => type !== 'FP16'), 'BYTES']) {
    const { elements } = sample({ name: 'x', datatype, shape: [4, 5] });
    expect(elements).toHaveLength(20);
    expect(decode(datatype, encode(datatype, elements))).toEqual(elements);
  }
  expect(() => sample({ name: 'x', datatype: 'FP16', shape: [1] })).toThrow(NotApplicable);
});

test('sample floats are in 0..1 and exact in 16 bits; two rows of a batch differ', () => {
  const { elements } = sample({ name: 'x', datatype: 'FP32', shape: [-1, 784] }, 2);
  for (const value of elements) expect(Number(value) * 16).toBe(Math.round(Number(value) * 16));
  expect(Math.min(...elements.map(Number))).toBe(0);
  expect(Math.max(...elements.map(Number))).toBe(1);
  expect(elements.slice(0, 784)).not.toEqual(elements.slice(784));
});

test('the bytes are little-endian, and texts carry their length', () => {
  expect([...encode('UINT32', [258])]).toEqual([2, 1, 0, 0]);
  expect([...encode('FP32', [1])]).toEqual([0, 0, 0x80, 0x3f]);
  expect([...encode('BOOL', [true, false])]).toEqual([1, 0]);
  expect([...encode('BYTES', ['ä'])]).toEqual([2, 0, 0, 0, 0xc3, 0xa4]);
  expect(() => decode('FP32', Buffer.alloc(5))).toThrow(Broken);
  expect(() => decode('BYTES', Buffer.from([9, 0, 0, 0, 1]))).toThrow(Broken);
});

test('nesting loses no element and gives each axis its length', () => {
  const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(shapes, (shape) => {
      const elements = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, k) => k);
      let level: unknown = nest(elements, shape);
      expect((level as unknown[]).flat(Number.POSITIVE_INFINITY as 1)).toEqual(elements);
      for (const size of shape) {
        expect(level).toHaveLength(size);
        level = (level as unknown[])[0];
      }
    }),
  );
});
