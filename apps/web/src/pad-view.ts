import { html, nothing, type TemplateResult } from 'lit';
import type { KeyPen } from './key-pen.ts';
import type { Words } from './words.ts';

export interface PadContent {
  /** What stands on an empty pad; null once something is drawn. */
  readonly hint: string | null;
  /** Where the keyboard's pen is; null until a key moved it. */
  readonly pen: KeyPen | null;
  /** A picture is being dragged over the element. */
  readonly dropping: boolean;
  readonly disabled: boolean;
  readonly focused: () => void;
  readonly blurred: () => void;
  readonly keyDown: (event: KeyboardEvent) => void;
  readonly keyUp: (event: KeyboardEvent) => void;
}

/** What is drawn on. */
export function padView(words: Words, content: PadContent): TemplateResult {
  const { hint, pen, dropping, disabled } = content;
  return html`<div
    class="pad"
    part="pad"
    role="application"
    tabindex=${disabled ? -1 : 0}
    aria-label=${words.drawHere}
    aria-describedby="keys"
    @focus=${content.focused}
    @blur=${content.blurred}
    @keydown=${content.keyDown}
    @keyup=${content.keyUp}
  >
    <canvas class="ink" part="ink"></canvas>
    <p class="hint" aria-hidden="true" ?hidden=${hint === null}>${hint}</p>
    ${
      pen === null
        ? nothing
        : html`<span class="pen ${pen.down ? 'down' : ''}" .style=${`left: ${pen.x * 100}%; top: ${pen.y * 100}%`}></span>`
    }
    ${dropping ? html`<p class="drop" aria-hidden="true">${words.dropHere}</p>` : nothing}
  </div>`;
}
