import { css } from 'lit';

/** What each layer makes of the digit. */
export const layers = css`
  .layers {
    grid-area: layers;
    min-width: 0;
    font-size: 0.8125rem;
  }
  summary {
    min-height: 2.75rem;
    align-content: center;
    color: var(--muted);
    cursor: pointer;
  }
  .layers figure {
    margin-top: 0.75rem;
  }
  .layers canvas {
    display: block;
    width: 100%;
    border-radius: 0.25rem;
    background: var(--line);
    image-rendering: pixelated;
  }
  .layers figcaption {
    margin-top: 0.25rem;
    color: var(--muted);
  }
`;
