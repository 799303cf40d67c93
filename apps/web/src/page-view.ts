import { html, nothing, type TemplateResult } from 'lit';
import type { DigitRecognizerEvents, Model } from './api.ts';
import { type Language, languages } from './language.ts';
import type { PageWords } from './page-words.ts';

/** BCP 47 tags: what the browser chooses fonts and voices by. */
export const tags: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-CN' };
const names: Readonly<Record<Language, string>> = { en: 'English', zh: '中文' };

export interface PageState {
  readonly language: Language;
  /** The loaded model's; null until then. */
  readonly model: Model | null;
  readonly onReady: (event: DigitRecognizerEvents['ready']) => void;
  readonly onLanguage: (language: Language) => void;
}

/** The whole page. */
export function pageView(words: PageWords, { language, model, onReady, onLanguage }: PageState): TemplateResult {
  return html`<header>
      <p class="brand"><img src="./favicon.svg" alt="" width="24" height="24" />mnist-edge</p>
      <div class="languages" role="group" aria-label=${words.language}>
        ${languages.map(
          (each) =>
            html`<button
              type="button"
              lang=${tags[each]}
              aria-pressed=${each === language ? 'true' : 'false'}
              @click=${() => onLanguage(each)}
            >
              ${names[each]}
            </button>`,
        )}
      </div>
    </header>
    <main>
      <h1>${words.title}</h1>
      <p class="promise">${words.promise}</p>
      <digit-recognizer model="./model/" preload lang=${tags[language]} @ready=${onReady}></digit-recognizer>
      <section aria-labelledby="how">
        <h2 id="how">${words.how}</h2>
        <ol class="steps">
          ${words.steps.map(
            ({ title, text }) =>
              html`<li>
                <h3>${title}</h3>
                <p>${text}</p>
              </li>`,
          )}
        </ol>
      </section>
      <section aria-labelledby="model">
        <h2 id="model">${words.model}</h2>
        ${model === null ? html`<p>${words.modelLoading}</p>` : modelFacts(words, language, model)}
      </section>
    </main>`;
}

function modelFacts(words: PageWords, language: Language, model: Model): TemplateResult {
  const number = (value: number, options: Intl.NumberFormatOptions = {}) =>
    new Intl.NumberFormat(tags[language], options).format(value);
  const { test } = model.metrics;
  const kilobytes = model.files[model.model]!.bytes / 1000;
  const facts = [
    { name: words.name, value: model.name, note: nothing },
    { name: words.version, value: model.version, note: nothing },
    {
      name: words.accuracy,
      value: number(test.accuracy, { style: 'percent', minimumFractionDigits: 2 }),
      note: words.tested(number(test.images)),
    },
    {
      name: words.size,
      value: number(kilobytes, { style: 'unit', unit: 'kilobyte', maximumFractionDigits: 0 }),
      note: words.parameters(number(model.training.parameters)),
    },
  ];
  return html`<dl class="facts">
    ${facts.map(
      ({ name, value, note }) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value} <small>${note}</small></dd>
        </div>`,
    )}
  </dl>`;
}
