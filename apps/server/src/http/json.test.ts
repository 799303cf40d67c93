import { expect, test } from 'vitest';
import { parseJson } from './json.ts';

const parse = (text: string, mostValues = 1e6) => parseJson(Buffer.from(text), mostValues);

test('parses what JSON.parse does', () => {
  const text = '{"a":[1,-2.5e3,true,null,"\\\\\\"[{,:"],"__proto__":{"b":"é"}}';
  expect(JSON.stringify(parse(text))).toBe(JSON.stringify(JSON.parse(text)));
  expect(() => parse('')).toThrow('The body is empty');
  expect(() => parse('{"a":')).toThrow('The body is not valid JSON');
});

test('depth is bounded, brackets inside strings do not count', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  expect(parse(nested(32))).toBeDefined();
  expect(() => parse(nested(33))).toThrow('nested deeper than 32 levels');
  expect(parse(JSON.stringify('['.repeat(100)))).toBe('['.repeat(100));
});

test('keys, values, arrays and objects are bounded together', () => {
  expect(parse('[1,2,3]', 3)).toEqual([1, 2, 3]);
  expect(() => parse('[1,2,3,4]', 3)).toThrow('more than 3 keys and values');
  expect(() => parse(`[${'{},'.repeat(100)}0]`, 200)).toThrow('more than 200');
  expect(() => parse('{"a":1,"b":2,"c":3}', 4)).toThrow('more than 4');
  expect(parse('["[,:,{"]', 4)).toEqual(['[,:,{']);
});
