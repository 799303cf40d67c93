import { html, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { paintLayer } from './paint.ts';
import type { Words } from './words.ts';
import type { Layer } from './worker/net.ts';

/** What each layer makes of the digit, on demand. */
export function layersView(words: Words, layers: readonly Layer[], open: (open: boolean) => void): TemplateResult {
  return html`<details
    class="layers"
    part="layers"
    @toggle=${(event: Event) => open((event.currentTarget as HTMLDetailsElement).open)}
  >
    <summary>${words.layers}</summary>
    ${layers.map(
      (layer) =>
        html`<figure>
          <canvas
            role="img"
            aria-label=${words.layer(layer.channels, layer.width)}
            ${ref((canvas) => canvas !== undefined && paintLayer(canvas as HTMLCanvasElement, layer))}
          ></canvas>
          <figcaption aria-hidden="true">${words.layer(layer.channels, layer.width)}</figcaption>
        </figure>`,
    )}
  </details>`;
}
