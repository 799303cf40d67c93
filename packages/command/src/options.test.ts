import { InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainName, whole, within } from './options.ts';

/** Whether the parser takes the value; a refusal must be commander's own error, which names the option. */
function takes(parse: (value: string) => unknown, value: string): boolean {
  try {
    parse(value);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidArgumentError);
    return false;
  }
}

describe('whole', () => {
  test('takes every whole number of its range, both ends included, and no other', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), fc.nat(3000), (least, span, number) => {
        const parse = whole(least, least + span);
        const inside = number >= least && number <= least + span;
        expect(takes(parse, String(number))).toBe(inside);
        if (inside) expect(parse(String(number))).toBe(number);
      }),
    );
  });

  test.each(['', ' ', '-1', '+1', '1.0', '1e3', '0x10', '1 ', '١', 'Infinity', 'NaN', '9007199254740993'])(
    'refuses "%s"',
    (value) => {
      expect(takes(whole(0), value)).toBe(false);
    },
  );

  test('takes anything at all only to give a whole number', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        if (takes(whole(0), value)) expect(Number.isSafeInteger(whole(0)(value))).toBe(true);
      }),
    );
  });

  test('says what it expects', () => {
    expect(() => whole(1)('0')).toThrow('Expected a whole number from 1.');
    expect(() => whole(1, 9)('10')).toThrow('Expected a whole number from 1 to 9.');
  });
});

describe('within', () => {
  test('takes the numbers above the lower end, up to and with the upper one', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -2, max: 2 }), (number) => {
        expect(takes(within(0, 1), String(number))).toBe(number > 0 && number <= 1);
        expect(takes(within(0, 1, true), String(number))).toBe(number >= 0 && number <= 1);
      }),
    );
  });

  test('takes a number in any common spelling', () => {
    expect(['0.5', '.5', '5e-1', '1'].map(within(0, 1))).toEqual([0.5, 0.5, 0.5, 1]);
  });

  test.each(['', ' ', 'half', '1/2', '0,5', 'NaN', 'Infinity', '-Infinity', '0.5x'])('refuses "%s"', (value) => {
    expect(takes(within(0, 1), value)).toBe(false);
  });

  test('says what it expects', () => {
    expect(() => within(0, 1)('0')).toThrow('Expected a number above 0 and at most 1.');
    expect(() => within(0, 1, true)('2')).toThrow('Expected a number from 0 to 1.');
  });
});

describe('plainName', () => {
  test.each(['a', 'mnist', 'fashion-mnist', 'run_1', '2026.11.23', '0', 'a'.repeat(64)])('takes "%s"', (name) => {
    expect(plainName(name)).toBe(name);
  });

  test.each(['', '.', '..', '.hidden', '-rf', '_a', 'a/b', 'a\\b', 'A', 'ä', 'a b', 'a\n', 'a\0', 'a'.repeat(65)])(
    'refuses %j',
    (name) => {
      expect(takes(plainName, name)).toBe(false);
    },
  );

  test('whatever it takes stays in its folder', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '0', '.', '/', '-', '_', '\\', 'B') }), (name) => {
        if (takes(plainName, name)) expect(new URL(name, 'file:///folder/').pathname).toBe(`/folder/${name}`);
      }),
    );
  });
});
