import { css } from 'lit';

/** A practice sheet on the left, what the net makes of it on the right; one above the other where it is narrow. */
export const styles = css`
  :host {
    --accent: var(--digit-recognizer-accent, light-dark(#0f6b5c, #7cc9b6));
    --ink: var(--digit-recognizer-ink, light-dark(#22201c, #f1ece1));
    --muted: var(--digit-recognizer-muted, light-dark(#6b655b, #a39c8f));
    --paper: var(--digit-recognizer-paper, light-dark(#fffdf8, #1d1b18));
    --line: var(--digit-recognizer-line, light-dark(#e2dacb, #3a362f));
    --track: var(--digit-recognizer-track, light-dark(#efe9dd, #2a2722));
    --danger: var(--digit-recognizer-danger, light-dark(#a33a1c, #f0a088));
    /* Ink that says little. */
    --pale: light-dark(#d9d1c2, #4a453d);
    container-type: inline-size;
    display: block;
    color: var(--ink);
    font-family: inherit;
    line-height: 1.4;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  * {
    box-sizing: border-box;
  }
  p,
  ul,
  figure {
    margin: 0;
    padding: 0;
  }

  .layout {
    display: grid;
    column-gap: 1rem;
    grid-template:
      'sheet sheet' auto
      'result preview' minmax(6.5rem, auto)
      'bars bars' auto
      'explained explained' auto
      'learn learn' auto
      'layers layers' auto / 1fr auto;
  }
  /* Margins, not gaps: rows that are not there leave no room. */
  .layout > * + * {
    margin-top: 0.875rem;
  }

  .sheet {
    position: relative;
    display: grid;
    grid-area: sheet;
    align-content: start;
    gap: 0.75rem;
    container-type: inline-size;
  }
  .pad {
    position: relative;
    aspect-ratio: 1;
    overflow: hidden;
    border: 1px solid var(--line);
    border-radius: 1rem;
    background: var(--paper);
    outline: none;
  }
  /* The cross of a practice sheet. */
  .pad::before,
  .pad::after {
    content: '';
    position: absolute;
    inset: 0 50% 0 auto;
    border-right: 1px dashed var(--line);
    pointer-events: none;
  }
  .pad::after {
    inset: 50% 0 auto 0;
    border-right: 0;
    border-top: 1px dashed var(--line);
  }
  .ink {
    position: absolute;
    inset: 0;
    z-index: 1;
    width: 100%;
    height: 100%;
    color: var(--ink);
    /* Three colours that the explanation is painted in; here, where a browser works out what they are. */
    caret-color: var(--pale);
    outline-color: var(--accent);
    column-rule-color: var(--danger);
    cursor: crosshair;
    /* A stroke must not scroll the page, zoom it or select its text. */
    touch-action: none;
    user-select: none;
    -webkit-user-select: none;
    -webkit-touch-callout: none;
  }
  .hint {
    position: absolute;
    inset: auto 0 1.25rem;
    width: fit-content;
    margin: 0 auto;
    padding: 0 0.75rem;
    background: var(--paper);
    color: var(--muted);
    pointer-events: none;
  }

  .pad:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  /* The keyboard's pen: a ring, filled while it is down. */
  .pen {
    position: absolute;
    z-index: 2;
    width: 1.25rem;
    height: 1.25rem;
    margin: -0.625rem;
    border: 2px solid var(--accent);
    border-radius: 50%;
    pointer-events: none;
  }
  .pen.down {
    background: var(--accent);
  }

  .drop {
    position: absolute;
    inset: 0.75rem;
    z-index: 3;
    display: grid;
    place-content: center;
    border: 2px dashed var(--accent);
    border-radius: 0.75rem;
    background: var(--paper);
    color: var(--accent);
    pointer-events: none;
  }
  .camera {
    position: absolute;
    inset: 0 0 auto;
    z-index: 4;
    display: grid;
    overflow: hidden;
    aspect-ratio: 1;
    border-radius: 1rem;
    background: #000;
  }
  .camera video {
    grid-area: 1 / 1;
    width: 100%;
    height: 100%;
    object-fit: contain;
  }
  .shutter {
    grid-area: 1 / 1;
    align-self: end;
    display: flex;
    gap: 0.5rem;
    padding: 0.75rem;
  }
  .notice {
    color: var(--danger);
    font-size: 0.875rem;
  }

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

  .result {
    grid-area: result;
    align-self: center;
    min-width: 0;
  }
  .answer {
    color: var(--accent);
    font-size: 5rem;
    font-weight: 600;
    font-variant-numeric: lining-nums;
    line-height: 1;
  }
  [data-state='loading'] .answer,
  [data-state='uncertain'] .answer {
    color: var(--muted);
    font-weight: 400;
  }
  .answer:empty {
    display: none;
  }
  .certainty {
    color: var(--muted);
  }
  .advice {
    margin-top: 0.25rem;
    color: var(--muted);
    font-size: 0.875rem;
    overflow-wrap: anywhere;
  }
  .several .answer {
    font-size: clamp(2rem, 14cqi, 3.5rem);
    overflow-wrap: anywhere;
  }
  .digits {
    display: flex;
    flex-wrap: wrap;
    gap: 0.375rem;
    margin-top: 0.5rem;
  }
  .digits button {
    flex: none;
    min-width: 2.25rem;
    min-height: 2.25rem;
    padding: 0 0.5rem;
    border-radius: 0.5rem;
    font-variant-numeric: lining-nums;
  }
  .explained {
    grid-area: explained;
    color: var(--muted);
    font-size: 0.8125rem;
  }
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
  .problem .certainty {
    color: var(--danger);
    font-weight: 600;
  }
  .problem button {
    margin-top: 0.75rem;
  }

  .preview {
    grid-area: preview;
    align-self: center;
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

  /* Narrow: ten columns beside each other. */
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
    transform: scaleY(var(--share));
    transform-origin: bottom;
    transition: transform 120ms ease-out;
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

  /* Wide: the sheet on the left, the rest on the right, ten rows below each other. */
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
      transform: scaleX(var(--share));
      transform-origin: left;
    }
    .value {
      width: 3.25rem;
      font-size: 0.875rem;
      text-align: right;
    }
  }

  @media (prefers-reduced-motion: reduce) {
    .fill,
    input[role='switch']::before {
      transition: none;
    }
  }

  .spoken {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
