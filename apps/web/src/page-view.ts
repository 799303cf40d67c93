import { html, nothing, type TemplateResult } from 'lit';
import type { Model } from './api.ts';
import { type Language, languages } from './language.ts';
import { percentage, type WriteNumber } from './numbers.ts';
import { pageReader } from './page-reader.ts';
import { type Comparison, options, type PageActions, type PageState } from './page-state.ts';
import type { PageWords } from './page-words.ts';

/** BCP 47 tags: what the browser chooses fonts and voices by. */
export const tags: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-CN' };
const names: Readonly<Record<Language, string>> = { en: 'English', zh: '中文' };

/** The same as `favicon.svg`, which as an image would be a document of its own to the browser. */
const logo = html`<svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
  <rect width="32" height="32" rx="8" fill="#0f6b5c" />
  <path
    d="M10.5 9.5h11.2c-3.4 3.8-5.6 8.2-6.6 13.4"
    fill="none"
    stroke="#fffdf8"
    stroke-width="3.4"
    stroke-linecap="round"
    stroke-linejoin="round"
  />
</svg>`;

/** The whole page. */
export function pageView(words: PageWords, state: PageState, actions: PageActions): TemplateResult {
  const { language, write, model, on, tooMany } = state;
  return html`<header>
      <p class="brand">${logo}mnist-edge</p>
      <div class="languages" role="group" aria-label=${words.language}>
        ${languages.map(
          (each) =>
            html`<button
              type="button"
              lang=${tags[each]}
              aria-pressed=${each === language ? 'true' : 'false'}
              @click=${() => actions.setLanguage(each)}
            >
              ${names[each]}
            </button>`,
        )}
      </div>
    </header>
    <main>
      <h1>${words.title}</h1>
      <p class="promise">${words.promise}</p>
      <digit-recognizer
        model=${pageReader.model}
        precision=${pageReader.precision}
        preload
        ?keep=${pageReader.keep}
        learn
        lang=${tags[language]}
        ?multiple=${on.multiple}
        ?explain=${on.explain}
        @ready=${actions.ready}
        @recognized=${actions.read}
        @rejected=${actions.read}
      ></digit-recognizer>
      <div class="options" role="group" aria-label=${words.options}>
        ${options.map(
          (option) =>
            html`<label class=${option === 'multiple' && tooMany ? 'wanted' : nothing}>
              <input
                type="checkbox"
                name=${option}
                .checked=${on[option]}
                @change=${(event: Event) => actions.setOption(option, (event.target as HTMLInputElement).checked)}
              />
              ${words[option]}
            </label>`,
        )}
      </div>
      ${on.compare ? comparisonView(words, write, state.comparison) : nothing}
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
        ${model === null ? html`<p>${words.modelLoading}</p>` : modelView(words, write, asRun(model))}
      </section>
    </main>`;
}

function comparisonView(words: PageWords, write: WriteNumber, comparison: Comparison): TemplateResult {
  const share = (value: number) => percentage(write, value, 2);
  const row = (answers: Exclude<Comparison, string>[number]) => {
    const cell = ({ label, probability }: { label: string; probability: number }) =>
      html`<td><strong>${label}</strong> ${share(probability)}</td>`;
    const equal = answers.browser.label === answers.server.label && answers.difference < 1e-4;
    return html`<tr>
      ${cell(answers.browser)}${cell(answers.server)}
      <td class=${equal ? 'equal' : 'unequal'}>
        ${equal ? words.equal : words.unequal}
        <small class="difference">${words.largest(answers.difference.toExponential(1))}</small>
      </td>
    </tr>`;
  };
  const text = { waiting: words.compareHint, asking: words.asking, failed: words.noServer };
  return html`<section class="comparison" aria-labelledby="comparison" aria-live="polite">
    <h2 id="comparison">${words.comparison}</h2>
    ${
      typeof comparison === 'string'
        ? html`<p>${text[comparison]}</p>`
        : html`<table>
            <thead>
              <tr>
                <th scope="col">${words.browser}</th>
                <th scope="col">${words.server}</th>
                <td></td>
              </tr>
            </thead>
            <tbody>
              ${comparison.map(row)}
            </tbody>
          </table>`
    }
  </section>`;
}

/** The model as it is run here: the one in 8-bit integers has a file and figures of its own. */
function asRun(model: Model): Model {
  return pageReader.precision === 'int8' && model.int8 !== undefined ? { ...model, ...model.int8 } : model;
}

function modelView(words: PageWords, write: WriteNumber, model: Model): TemplateResult {
  const { test } = model.metrics;
  const { training } = model;
  const kilobytes = model.files[model.model]!.bytes / 1000;
  const facts = [
    { name: words.name, value: model.name, note: nothing },
    { name: words.version, value: model.version, note: nothing },
    {
      name: words.testAccuracy,
      value: percentage(write, test.accuracy, 2),
      note: words.tested(write(test.images)),
    },
    {
      name: words.size,
      value: write(kilobytes, { style: 'unit', unit: 'kilobyte', maximumFractionDigits: 0 }),
      note: words.parameters(write(training.parameters)),
    },
  ];
  const splits = [
    { name: words.validation, ...model.metrics.validation },
    { name: words.test, ...test },
  ];
  const seconds = write(training.seconds, { style: 'unit', unit: 'second', maximumFractionDigits: 0 });
  const card = [
    [words.architecture, training.architecture],
    [words.trainedOn, training.dataset.name],
    [words.trainedIn, words.took(seconds, training.machine)],
    [words.temperature, write(model.temperature)],
    [
      words.threshold,
      model.rejection === undefined
        ? words.scores.probability(percentage(write, model.rejectionThreshold, 1))
        : words.scores[model.rejection.score](write(model.rejection.threshold)),
    ],
    [words.hash, model.files[model.model]!.sha256],
  ] as const;
  return html`<dl class="facts">
      ${facts.map(
        ({ name, value, note }) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value} <small>${note}</small></dd>
          </div>`,
      )}
    </dl>
    <table>
      <caption>
        ${words.measured}
      </caption>
      <thead>
        <tr>
          <td></td>
          <th scope="col">${words.images}</th>
          <th scope="col">${words.accuracy}</th>
          <th scope="col">${words.loss}</th>
        </tr>
      </thead>
      <tbody>
        ${splits.map(
          ({ name, images, accuracy, loss }) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td>${write(images)}</td>
              <td>${percentage(write, accuracy, 2)}</td>
              <td>${write(loss, { maximumFractionDigits: 4 })}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    <details>
      <summary>${words.card}</summary>
      <p lang="en">${model.description}</p>
      <dl class="card">
        ${card.map(
          ([name, value]) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>
    </details>`;
}
