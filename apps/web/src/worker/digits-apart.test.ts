import type { Line, LineDigit } from '@mnist-edge/recognizer';
import { expect, test } from 'vitest';
import { digitsApart } from './digits-apart.ts';

/** A line of sevens from their lefts, widths and probabilities. */
function line(...parts: readonly (readonly [left: number, width: number, probability?: number])[]): Line {
  const digits = parts.map(([left, width, probability = 1]): LineDigit => {
    const probabilities = Array.from({ length: 10 }, (_, i) => (i === 7 ? probability : (1 - probability) / 9));
    const box = { left, top: 0, width, height: 0.5 };
    return { label: '7', index: 7, probabilities, rejection: null, image: new Uint8Array(784), box };
  });
  return { text: '7'.repeat(parts.length), digits, rejection: null };
}

test('digits with empty space between them are a number, in whatever unit', () => {
  expect(digitsApart(line([0, 0.3], [0.4, 0.3]), 1)).toBe('77');
  expect(digitsApart(line([0, 30], [40, 30], [75, 20]), 100)).toBe('777');
});

test('ink that was cut, or lies over the other, is none', () => {
  expect(digitsApart(line([0, 0.3], [0.3, 0.3]), 1)).toBeNull();
  expect(digitsApart(line([0, 0.3], [0.2, 0.3]), 1)).toBeNull();
  expect(digitsApart(line([0, 0.3], [0.4, 0.3], [0.7, 0.3]), 1)).toBeNull();
});

test('one digit is none, nor is a line of which the net is not sure', () => {
  expect(digitsApart(line([0, 0.3]), 1)).toBeNull();
  expect(digitsApart(line([0, 0.3], [0.4, 0.3, 0.6]), 1)).toBeNull();
  expect(digitsApart({ ...line([0, 0.3], [0.4, 0.3]), rejection: 'uncertain' }, 1)).toBeNull();
  expect(digitsApart({ text: '', digits: [], rejection: 'blank' }, 1)).toBeNull();
});
