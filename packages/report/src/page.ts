/** The languages every page speaks. */
export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

/** One text in every language. */
export type Text = Readonly<Record<Language, string>>;

export interface Page {
  readonly title: Text;
  /** HTML of the page's body, as `both` and `escapeHtml` make it. */
  readonly body: string;
}

/** The text as HTML that shows no markup of its own, in an element or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** HTML of a text in every language; the page shows the one that is chosen. */
export function both(text: Text): string {
  return languages.map((language) => `<span lang="${language}">${escapeHtml(text[language])}</span>`).join('');
}

/**
 * One HTML file that needs no network: English and Chinese by two buttons without a script, light and dark as the
 * reader's system is, wide enough for a desk and narrow enough for a phone.
 */
export function page({ title, body }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${escapeHtml(title.en)} · ${escapeHtml(title.zh)}</title>
<style>${style}</style>
</head>
<body>
<input type="radio" name="language" id="en" checked><label for="en">English</label>
<input type="radio" name="language" id="zh"><label for="zh" lang="zh">中文</label>
<main>
<h1>${both(title)}</h1>
${body}
</main>
</body>
</html>
`;
}

const style = `
:root { color-scheme: light dark; --ink: light-dark(#1c1c1e, #ececf0); --paper: light-dark(#fff, #161618);
  --line: light-dark(#d9d9de, #3a3a3f); --quiet: light-dark(#5f5f66, #a5a5ad); }
body { margin: 0 auto; padding: 1.25rem; max-width: 62rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.5 system-ui, sans-serif; }
body:has(#en:checked) main [lang=zh], body:has(#zh:checked) main [lang=en] { display: none; }
input[name=language] { position: absolute; opacity: 0; }
input[name=language] + label { padding: .25rem .75rem; border: 1px solid var(--line); border-radius: 1rem; cursor: pointer; }
input[name=language]:checked + label { background: var(--ink); color: var(--paper); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: .75rem; padding: 0; list-style: none; }
.cards li { padding: .6rem; border: 1px solid var(--line); border-radius: .5rem; font-size: .875rem; }
.pixels { image-rendering: pixelated; background: #000; border-radius: 2px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .75rem .2rem 0; text-align: right; border-bottom: 1px solid var(--line); }
th:first-child { text-align: left; }
small { color: var(--quiet); }
input[name=language]:focus-visible + label { outline: 2px solid Highlight; outline-offset: 2px; }
`;
