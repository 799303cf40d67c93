import { html, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { certainty, type WriteNumber } from './numbers.ts';

/** How many bars stand there until the bundle says how many labels there are. */
const EXPECTED = 10;

export interface BarsContent {
  /** null until the model is loaded. */
  readonly labels: readonly string[] | null;
  /** In the order of the labels; null when there is nothing to show. */
  readonly probabilities: readonly number[] | null;
  /** Which label is the answer, null for none. */
  readonly best: number | null;
  /** What the list is, for those who cannot see it. */
  readonly name: string;
  readonly write: WriteNumber;
}

/** A bar for each label. */
export function bars({ labels, probabilities, best, name, write }: BarsContent): TemplateResult {
  const rows = (labels ?? Array.from({ length: EXPECTED }, () => '')).map((label, index) => {
    const probability = probabilities?.[index] ?? null;
    // Set as a property: a style attribute would need a wider content security policy.
    const share = `--share: ${probability ?? 0}`;
    return html`<li part="bar" class=${classMap({ best: index === best })}>
      <span class="label">${label}</span>
      <span class="track"><span class="fill" .style=${share}></span></span>
      <span class="value">${probability === null ? '' : certainty(write, probability)}</span>
    </li>`;
  });
  return html`<ul class="bars" part="bars" role="list" aria-label=${name}>${rows}</ul>`;
}
