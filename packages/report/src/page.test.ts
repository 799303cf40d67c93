import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { both, escapeHtml, languages, page } from './page.ts';

describe('escapeHtml', () => {
  test('any text is shown as it is, in an element and in an attribute', () => {
    // A parser of HTML turns NUL and carriage returns into other characters, whatever is written.
    const text = fc.string().filter((value) => !/[\0\r]/.test(value));
    fc.assert(
      fc.property(text, (value) => {
        const { document } = parseHTML(
          `<html><body><p title="${escapeHtml(value)}">${escapeHtml(value)}</p></body></html>`,
        );
        const paragraph = document.querySelector('p')!;
        expect(paragraph.textContent).toBe(value);
        expect(paragraph.getAttribute('title')).toBe(value);
        expect(document.querySelectorAll('body *').length).toBe(1);
      }),
    );
  });
});

describe('page', () => {
  const html = page({ title: { en: 'A <run>', zh: '一次训练' }, body: `<p>${both({ en: 'Loss', zh: '损失' })}</p>` });
  const { document } = parseHTML(html);

  test('says everything in every language', () => {
    for (const line of document.querySelectorAll('main h1, main p')) {
      expect([...line.children].map((child) => child.getAttribute('lang'))).toEqual([...languages]);
    }
    expect(document.querySelector('h1 [lang=zh]')!.textContent).toBe('一次训练');
    expect(document.querySelector('h1 [lang=en]')!.textContent).toBe('A <run>');
  });

  test('loads nothing and runs no script', () => {
    expect(document.querySelectorAll('script, img, iframe').length).toBe(0);
    for (const link of document.querySelectorAll('[href], [src]')) {
      expect(link.getAttribute('href') ?? link.getAttribute('src')).toMatch(/^data:/);
    }
    expect(html).not.toMatch(/url\(|@import/);
  });
});
