import { html, nothing, type TemplateResult } from 'lit';
import type { Words } from './words.ts';
import type { Taught } from './worker/reader.ts';

export interface LearnContent {
  readonly labels: readonly string[];
  /** There is an answer that may be wrong. */
  readonly canTeach: boolean;
  /** The person is asked for the right label. */
  readonly asking: boolean;
  readonly taught: Taught | null;
  readonly ask: (asking: boolean) => void;
  readonly teach: (label: string) => void;
  readonly setOn: (on: boolean) => void;
  readonly save: () => void;
  readonly forget: () => void;
}

/** "That was wrong": the right label is asked for, and what was taught so far can be switched off, saved and forgotten. */
export function learnView(words: Words, content: LearnContent): TemplateResult {
  const { labels, canTeach, asking, taught, ask } = content;
  const question = html`<div class="question" role="group" aria-label=${words.whatIsIt}>
    <p>${words.whatIsIt}</p>
    <div class="labels">
      ${labels.map(
        (label) =>
          html`<button type="button" part="button" class="label-button" @click=${() => content.teach(label)}>
            ${label}
          </button>`,
      )}
    </div>
    <button type="button" class="quiet" @click=${() => ask(false)}>${words.cancel}</button>
  </div>`;
  const memory = ({ count, on }: Taught) =>
    html`<div class="memory">
      <label class="switch">
        <input
          type="checkbox"
          role="switch"
          .checked=${on}
          @change=${(event: Event) => content.setOn((event.target as HTMLInputElement).checked)}
        />
        ${words.taught(count)}
      </label>
      <span class="pair">
        <button type="button" class="quiet" @click=${content.save}>${words.save}</button>
        <button type="button" class="quiet" @click=${content.forget}>${words.forget}</button>
      </span>
    </div>`;
  return html`<div class="learn" part="learn" ?hidden=${!canTeach && !asking && !taught?.count}>
    ${asking ? question : nothing}
    ${
      canTeach && !asking
        ? html`<button type="button" class="quiet wrong" @click=${() => ask(true)}>${words.wrong}</button>`
        : nothing
    }
    ${taught !== null && taught.count > 0 ? memory(taught) : nothing}
  </div>`;
}
