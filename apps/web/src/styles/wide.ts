import { css } from 'lit';

/** Where it is wide: the sheet on the left, the rest on the right, ten rows below each other. */
export const wide = css`
  @container (min-width: 36rem) {
    .layout {
      column-gap: clamp(1.5rem, 5cqi, 3.5rem);
      grid-template:
        'sheet result preview' auto
        'sheet bars bars' 1fr
        'explained learn learn' auto
        'layers layers layers' auto / minmax(0, 1fr) minmax(0, 0.62fr) auto;
    }
    .layout > :is(.result, .preview) {
      margin-top: 0;
    }
    .answer {
      font-size: 6rem;
    }
    .bars {
      grid-auto-flow: row;
      grid-auto-rows: 1fr;
      gap: 0;
    }
    .bars li {
      flex-direction: row;
      gap: 0.75rem;
      line-height: 1.2;
    }
    .label,
    .value {
      min-height: 0;
    }
    .label {
      width: 1ch;
    }
    .track {
      flex: 1;
      width: auto;
      max-width: none;
      height: 0.75rem;
    }
    .fill {
      transform: translateX(calc(100% * var(--share) - 100%));
    }
    .value {
      width: 3.25rem;
      font-size: 0.875rem;
      text-align: right;
    }
  }

  @media (prefers-reduced-motion: reduce) {
    input[role='switch']::before {
      transition: none;
    }
  }
`;
