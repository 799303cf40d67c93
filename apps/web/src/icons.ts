import { html } from 'lit';

/** An arrow that turns back. */
export const undoIcon = html`<svg viewBox="0 0 24 24" aria-hidden="true">
  <path d="M9 14 4 9l5-5M4.5 9h9a6 6 0 0 1 0 12H9" />
</svg>`;

/** A cross. */
export const clearIcon = html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="m6 6 12 12M18 6 6 18" /></svg>`;
