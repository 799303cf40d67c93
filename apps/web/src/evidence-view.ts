import { html, nothing, type TemplateResult } from 'lit';
import type { Method } from './explanation.ts';
import type { Words } from './words.ts';

export interface EvidenceContent {
  /** The answer that the ink is coloured for. */
  readonly label: string;
  readonly method: Method;
  /** What there is to choose from. */
  readonly methods: readonly Method[];
  readonly choose: (method: Method) => void;
}

/** What the ink's colours say, and by which method: where there is a choice. */
export function evidenceView(words: Words, { label, method, methods, choose }: EvidenceContent): TemplateResult {
  return html`<div class="explained">
    <p>${words.explained(label)}</p>
    ${
      methods.length === 1
        ? nothing
        : html`<div class="methods" role="group" aria-label=${words.foundBy}>
            ${methods.map(
              (each) =>
                html`<button
                  type="button"
                  part="button"
                  aria-pressed=${each === method ? 'true' : 'false'}
                  @click=${() => choose(each)}
                >
                  ${words.methods[each]}
                </button>`,
            )}
          </div>`
    }
  </div>`;
}
