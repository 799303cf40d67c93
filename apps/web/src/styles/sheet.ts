import { css } from 'lit';

/** The practice sheet, and what may lie on it. */
export const sheet = css`
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
`;
