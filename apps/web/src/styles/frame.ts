import { css } from 'lit';

/** Colours, and where everything stands: one above the other where it is narrow. */
export const frame = css`
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

  .spoken {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
