import { css } from 'lit';

/** The 28 × 28 that the net sees, and ten columns beside each other. */
export const bars = css`
  .preview {
    grid-area: preview;
    align-self: start;
    color: var(--muted);
    font-size: 0.8125rem;
    text-align: end;
  }
  .preview canvas {
    display: block;
    width: 6.5rem;
    height: 6.5rem;
    margin: 0 0 0.375rem auto;
    border-radius: 0.5rem;
    background: #000;
    image-rendering: pixelated;
  }

  .bars {
    grid-area: bars;
    display: grid;
    grid-auto-flow: column;
    grid-auto-columns: 1fr;
    gap: 0.25rem;
    list-style: none;
    font-variant-numeric: tabular-nums;
  }
  .bars li {
    display: flex;
    flex-direction: column-reverse;
    align-items: center;
    gap: 0.25rem;
  }
  .label {
    min-height: 1.4em;
    font-weight: 600;
  }
  .track {
    position: relative;
    overflow: hidden;
    width: 100%;
    max-width: 1.75rem;
    height: 5rem;
    border-radius: 0.375rem;
    background: var(--track);
  }
  .fill {
    position: absolute;
    inset: 0;
    border-radius: inherit;
    background: var(--muted);
    /* Without a transition: one that starts at every point of a stroke keeps a slow device busy with nothing else. */
    transform: translateY(calc(100% - 100% * var(--share)));
  }
  .best .fill {
    background: var(--accent);
  }
  .best .label,
  .best .value {
    color: var(--accent);
  }
  .value {
    min-height: 1.4em;
    color: var(--muted);
    font-size: 0.6875rem;
    white-space: nowrap;
  }
`;
