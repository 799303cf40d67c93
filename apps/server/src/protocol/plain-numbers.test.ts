import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPlainNumbers } from './plain-numbers.ts';
import { readTensorData } from './tensor-data.ts';

/** @returns what was read from `[…]`, or null where that was left to others */
function read(text: string, out: Float32Array | Uint8Array): Float32Array | Uint8Array | null {
  const bytes = Buffer.from(`"data":[${text}],"more":[1]`);
  return readPlainNumbers(bytes, 8, bytes.indexOf(']'), out) ? out : null;
}

/** As the general path has it; null where that refuses, and for a minus, which is left to it. */
function expected(text: string, count: number): Float32Array | null {
  try {
    return readTensorData(JSON.parse(`[${text}]`), [count], 'FP32', 'data');
  } catch {
    return null;
  }
}

/** NaN and -0 are told apart, as bits are. */
function bits(numbers: Float32Array): Uint32Array {
  return new Uint32Array(numbers.buffer);
}

const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 25 });
/** Numbers as people and libraries write them, and as nobody does. */
const numerals = fc.oneof(
  { weight: 4, arbitrary: fc.float({ min: 0, max: 1, noNaN: true }).map((value) => String(Math.abs(value))) },
  { weight: 2, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => String(Math.abs(value))) },
  { weight: 2, arbitrary: fc.nat(255).map((byte) => String(byte / 255)) },
  { weight: 2, arbitrary: fc.nat(255).map((byte) => String(Math.fround(byte / 255))) },
  { weight: 1, arbitrary: fc.float({ min: 0, max: 1, noNaN: true }).map((value) => Math.abs(value).toFixed(6)) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => Math.abs(value).toExponential()) },
  { weight: 1, arbitrary: digits.map((tail) => `0.${tail}`) },
  { weight: 1, arbitrary: fc.constantFrom('0', '1', '1.0', '1e0', '0E5', '0.0e-99999', '10e-1', '1E-0', '0.1e+1') },
  {
    weight: 1,
    arbitrary: fc
      .tuple(digits, fc.integer({ min: -400, max: 3 }))
      .map(([tail, power]) => `0.${tail}e${power > 0 ? '+' : ''}${power}`),
  },
);
const space = fc.constantFrom('', '', '', ' ', '\n', '\r\n\t ');

test('to the bit what JSON.parse gives, stored as float32', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(numerals, space, space), { minLength: 1, maxLength: 12 }), (list) => {
      const text = list.map(([numeral, before, after]) => before + numeral + after).join(',');
      const general = expected(text, list.length);
      const plain = read(text, new Float32Array(list.length));
      expect(plain === null).toBe(general === null);
      if (general !== null) expect(bits(plain as Float32Array)).toEqual(bits(general));
    }),
    { numRuns: 3000 },
  );
});

test('between two float32, as near the middle as decimals come', () => {
  const middle = fc.tuple(fc.float({ min: Math.fround(1e-30), max: 1, noNaN: true }), fc.integer({ min: -2, max: 2 }));
  fc.assert(
    fc.property(middle, (middleOf) => {
      const [value, ulps] = middleOf;
      const next = Math.min(1, nextFloat(value));
      const half = (value + next) / 2;
      const near = half + ulps * half * Number.EPSILON;
      for (const text of [String(near), near.toPrecision(17), near.toPrecision(40), `${near.toPrecision(40)}1`]) {
        expect(bits(read(text, new Float32Array(1)) as Float32Array)).toEqual(bits(expected(text, 1)!));
      }
    }),
    { numRuns: 2000 },
  );
});

function nextFloat(value: number): number {
  const word = new Uint32Array(Float32Array.of(value).buffer);
  word[0]!++;
  return new Float32Array(word.buffer)[0]!;
}

test('whatever bytes there are between the brackets, it reads them as JSON does or not at all', () => {
  const soup = fc.string({ unit: fc.constantFrom(...'0011.,eE+- \n"x{['), maxLength: 12 });
  fc.assert(
    fc.property(soup, fc.integer({ min: 1, max: 4 }), (text, count) => {
      const plain = read(text, new Float32Array(count));
      if (plain !== null) expect(bits(plain as Float32Array)).toEqual(bits(expected(text, count)!));
    }),
    { numRuns: 5000 },
  );
});

test('whole numbers 0..255 as bytes', () => {
  expect(read('0,255, 7 ,10', new Uint8Array(4))).toEqual(Uint8Array.of(0, 255, 7, 10));
  for (const text of ['256', '1.0', '1e1', '-1', '01', '99999999999999999999', '0.5']) {
    expect(read(text, new Uint8Array(1))).toBeNull();
  }
});

test.each([
  '',
  '0',
  '0,0,0',
  '0,',
  ',0',
  '0 0',
  '0,-0',
  '0,[0]',
  '0,"0"',
  '0,null',
  '0,1.5',
  '0,.5',
  '0,1.',
  '0,1e',
  '0,+1',
  '0,00',
])('two numbers are not what is in [%s]', (text) => {
  expect(read(text, new Float32Array(2))).toBeNull();
});
