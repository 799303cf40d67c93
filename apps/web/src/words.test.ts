import { describe, expect, test } from 'vitest';
import { en as pageEn } from './page-words.en.ts';
import { zh as pageZh } from './page-words.zh.ts';
import { en } from './words.en.ts';
import { zh } from './words.zh.ts';

/** Every phrase of a dictionary by its path, functions called with recognizable arguments. */
function phrases(value: unknown, path = ''): Map<string, string> {
  if (typeof value === 'string') return new Map([[path, value]]);
  if (typeof value === 'function') return new Map([[path, value('{first}', '{second}')]]);
  return new Map(Object.entries(value as object).flatMap(([key, part]) => [...phrases(part, `${path}.${key}`)]));
}

describe.each([
  ['element', en, zh],
  ['page', pageEn, pageZh],
])('the words of the %s', (_, english, chinese) => {
  const [first, second] = [phrases(english), phrases(chinese)];

  test('are the same phrases in both languages, none of them empty', () => {
    expect([...second.keys()]).toEqual([...first.keys()]);
    expect([...first, ...second].filter(([, phrase]) => phrase.trim() === '')).toEqual([]);
  });

  test('are Chinese in the one and have no Chinese in the other', () => {
    expect([...second].filter(([, phrase]) => !/\p{Script=Han}/u.test(phrase))).toEqual([]);
    expect([...first].filter(([, phrase]) => /\p{Script=Han}/u.test(phrase))).toEqual([]);
  });

  test('have the same arguments in both', () => {
    for (const [path, phrase] of first) {
      const places = (text: string | undefined) => text?.match(/\{\w+\}/g)?.sort() ?? [];
      expect(places(second.get(path)), path).toEqual(places(phrase));
    }
  });
});
