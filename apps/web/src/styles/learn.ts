import { css } from 'lit';

/** “That was wrong”. */
export const learn = css`
  .learn {
    grid-area: learn;
  }
  .question {
    padding: 0.875rem;
    border: 1px solid var(--line);
    border-radius: 0.75rem;
    background: var(--paper);
  }
  .labels {
    display: grid;
    grid-template-columns: repeat(5, 1fr);
    gap: 0.375rem;
    margin: 0.5rem 0 0.25rem;
  }
  .label-button {
    padding: 0;
    font-weight: 600;
  }
  .wrong,
  .question .quiet {
    margin-left: -0.5rem;
  }
  .memory {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    column-gap: 0.75rem;
    color: var(--muted);
    font-size: 0.875rem;
  }
  .pair {
    margin-left: -0.5rem;
    white-space: nowrap;
  }
  .switch {
    display: inline-flex;
    align-items: center;
    gap: 0.5rem;
    min-height: 2.75rem;
    color: var(--ink);
    cursor: pointer;
  }
  input[role='switch'] {
    appearance: none;
    position: relative;
    width: 2.25rem;
    height: 1.25rem;
    margin: 0;
    border: 1px solid var(--muted);
    border-radius: 1rem;
    background: var(--track);
    cursor: pointer;
  }
  input[role='switch']::before {
    content: '';
    position: absolute;
    inset: 0.1875rem auto 0.1875rem 0.1875rem;
    aspect-ratio: 1;
    border-radius: 50%;
    background: var(--muted);
    transition: translate 120ms ease-out;
  }
  input[role='switch']:checked {
    border-color: var(--accent);
    background: var(--accent);
  }
  input[role='switch']:checked::before {
    background: var(--paper);
    translate: 1rem;
  }
  input:focus-visible,
  summary:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
`;
