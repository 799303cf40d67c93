import { css } from 'lit';

/** Buttons, and the toolbar of them. */
export const controls = css`
  .toolbar {
    display: grid;
    grid-template-columns: repeat(3, 1fr);
    gap: 0.5rem;
  }
  @container (min-width: 21rem) {
    .toolbar {
      grid-auto-flow: column;
      grid-auto-columns: 1fr;
      grid-template-columns: none;
    }
  }
  .toolbar button {
    flex-direction: column;
    gap: 0.125rem;
    min-height: 3.25rem;
    padding: 0.25rem;
    font-size: 0.75rem;
  }
  button {
    display: inline-flex;
    flex: 1;
    align-items: center;
    justify-content: center;
    gap: 0.5rem;
    min-height: 2.75rem;
    padding: 0 1rem;
    border: 1px solid var(--line);
    border-radius: 0.75rem;
    background: var(--paper);
    color: inherit;
    font: inherit;
    cursor: pointer;
  }
  button:hover {
    border-color: var(--accent);
  }
  button:active {
    background: var(--track);
  }
  button:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  button[aria-pressed='true'] {
    border-color: var(--accent);
    background: var(--track);
    color: var(--accent);
  }
  .quiet {
    flex: none;
    min-height: 2.75rem;
    padding: 0 0.5rem;
    border: 0;
    background: none;
    color: var(--muted);
    text-decoration: underline;
    text-underline-offset: 0.25rem;
  }
  .quiet:hover {
    color: var(--accent);
  }
  button:disabled,
  button[aria-disabled] {
    color: var(--muted);
    border-color: var(--line);
    cursor: default;
  }
  svg {
    width: 1.125rem;
    height: 1.125rem;
    fill: none;
    stroke: currentColor;
    stroke-width: 2;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
`;
