import { html, nothing, type TemplateResult } from 'lit';
import type { Reading, State } from './api.ts';
import { adviceOn, type Words } from './words.ts';

export interface ResultContent {
  readonly state: Exclude<State, 'error'>;
  readonly reading: Reading | null;
  /** How sure the net is, in words. */
  readonly certainty: string;
  /** Which of several digits is shown in full. */
  readonly selected: number;
  readonly select: (index: number) => void;
}

/** The answer, how sure it is, and why there is none. */
export function resultView(
  words: Words,
  { state, reading, certainty, selected, select }: ResultContent,
): TemplateResult {
  const several = reading !== null && reading.digits.length > 1;
  const read = reading?.digits.map(({ label }) => label ?? '?').join('') ?? '';
  const text = {
    loading: { answer: '…', certainty: words.loading },
    empty: { answer: '', certainty: words.awaiting },
    uncertain: { answer: several ? read : '?', certainty: words.uncertain },
    answered: { answer: read, certainty },
  }[state];
  const advice = state === 'uncertain' && reading !== null ? adviceOn(reading, words) : null;
  return html`<div class="result ${several ? 'several' : ''}" part="result">
    <p class="answer" part="answer" aria-hidden=${state === 'answered' ? nothing : 'true'}>${text.answer}</p>
    <p class="certainty" part="certainty">${text.certainty}</p>
    ${advice === null ? nothing : html`<p class="advice">${advice}</p>`}
    ${
      several
        ? html`<div class="digits" role="group" aria-label=${words.digits}>
            ${reading.digits.map(
              ({ label }, index) =>
                html`<button
                  type="button"
                  part="button"
                  aria-pressed=${index === selected ? 'true' : 'false'}
                  @click=${() => select(index)}
                >
                  ${label ?? '?'}
                </button>`,
            )}
          </div>`
        : nothing
    }
  </div>`;
}
