import { render } from 'lit';
import { askServer } from './compare.ts';
import { defineDigitRecognizer } from './index.ts';
import { pickLanguage } from './language.ts';
import { numbersIn } from './numbers.ts';
import type { PageActions, PageState } from './page-state.ts';
import { pageView, tags } from './page-view.ts';
import { pageWords } from './page-words.ts';

// What a person chose is kept in the address, so that a link or a reload keeps it.
const asked = new URLSearchParams(location.search);
const language = pickLanguage([asked.get('lang') ?? '', ...navigator.languages]);
let state: PageState = {
  language,
  write: numbersIn(tags[language]),
  model: null,
  on: { multiple: asked.has('multiple'), explain: asked.has('explain'), compare: asked.has('compare') },
  comparison: 'waiting',
  tooMany: false,
};

const actions: PageActions = {
  ready: ({ detail: { model } }) => show({ model }),
  read: ({ detail }) => {
    show({ tooMany: detail.tooMany !== null });
    void compare(detail);
  },
  setLanguage: (language) => {
    remember('lang', language);
    show({ language, write: numbersIn(tags[language]) });
  },
  setOption: (option, on) => {
    remember(option, on ? '' : null);
    show({ on: { ...state.on, [option]: on } });
    const { reading } = document.querySelector('digit-recognizer')!;
    if (option === 'compare' && reading !== null) void compare(reading);
  },
};

function show(changes: Partial<PageState>): void {
  state = { ...state, ...changes };
  const words = pageWords[state.language];
  document.documentElement.lang = tags[state.language];
  document.title = words.documentTitle;
  render(pageView(words, state, actions), document.body);
}

async function compare(reading: Parameters<typeof askServer>[2]): Promise<void> {
  const { model, on } = state;
  if (!on.compare || model === null) return;
  if (typeof state.comparison === 'string') show({ comparison: 'asking' });
  const comparison = await askServer(new URL(document.baseURI), model, reading).catch(() => 'failed' as const);
  // Meanwhile more may have been drawn.
  if (document.querySelector('digit-recognizer')?.reading === reading) show({ comparison });
}

function remember(name: string, value: string | null): void {
  const address = new URL(location.href);
  if (value === null) address.searchParams.delete(name);
  else address.searchParams.set(name, value);
  history.replaceState(null, '', address);
}

/** Shows the page, which goes on by itself from there. */
export function startPage(): void {
  defineDigitRecognizer();
  // The entry does not wait for the page to be parsed, which takes longer only where it comes in pieces.
  if (document.body === null) addEventListener('DOMContentLoaded', () => show({}));
  else show({});
  // The dev server's files change under the hand, and are not kept. What is kept is for later, and can wait until all
  // that is for now has been asked for.
  if (import.meta.env.PROD && 'serviceWorker' in navigator)
    setTimeout(() => void navigator.serviceWorker.register('./service-worker.js'), 1000);
}
