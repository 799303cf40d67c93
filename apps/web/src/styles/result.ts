import { css } from 'lit';

/** The answer, how sure it is, and what went wrong. */
export const result = css`
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
  .methods {
    display: flex;
    flex-wrap: wrap;
    gap: 0.375rem;
    margin-top: 0.5rem;
  }
  .methods button {
    flex: none;
    min-height: 2.25rem;
    padding: 0 0.75rem;
    border-radius: 0.5rem;
  }
  .problem .certainty {
    color: var(--danger);
    font-weight: 600;
  }
  .problem button {
    margin-top: 0.75rem;
  }
`;
