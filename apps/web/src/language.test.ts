import { expect, test } from 'vitest';
import { pickLanguage } from './language.ts';

test.each([
  [['zh-CN', 'en'], 'zh'],
  [['zh-Hant-TW'], 'zh'],
  [['ZH'], 'zh'],
  [['fr-FR', 'zh', 'en'], 'zh'],
  [['en-GB', 'zh'], 'en'],
  [['', 'zh-CN'], 'zh'],
  [['zha', 'fr'], 'en'],
  [[], 'en'],
])('of %j picks %s', (wanted, picked) => {
  expect(pickLanguage(wanted)).toBe(picked);
});
