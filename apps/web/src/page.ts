import { render } from 'lit';
import type { Model } from './api.ts';
import { defineDigitRecognizer } from './index.ts';
import { type Language, pickLanguage } from './language.ts';
import { pageView, tags } from './page-view.ts';
import { pageWords } from './page-words.ts';

// The page's entry, which only wires. The language is kept in the address, so that a link or a reload keeps it.
const asked = new URLSearchParams(location.search).get('lang') ?? '';
let language: Language = pickLanguage([asked, ...navigator.languages]);
let model: Model | null = null;

function show(): void {
  const words = pageWords[language];
  document.documentElement.lang = tags[language];
  document.title = words.documentTitle;
  const view = pageView(words, {
    language,
    model,
    onReady: (event) => {
      model = event.detail.model;
      show();
    },
    onLanguage: (chosen) => {
      language = chosen;
      const address = new URL(location.href);
      address.searchParams.set('lang', chosen);
      history.replaceState(null, '', address);
      show();
    },
  });
  render(view, document.body);
}

defineDigitRecognizer();
show();
