/** What was found of one thing that training, export or the tests use. */
export interface Finding {
  readonly name: string;
  /** Optional: missing, but training does without it. */
  readonly state: 'ok' | 'missing' | 'optional';
  /** What is there, or why it is not and how to mend that. */
  readonly text: string;
}

/** One thing to look for. */
export interface Look {
  readonly name: string;
  /** Whether training needs it. */
  readonly required: boolean;
  /** What is there. @throws when it is not, with a message that says how to mend it */
  find(): string;
}

/** Looks for everything; whatever a look throws is a finding, so this never throws. */
export function examine(looks: readonly Look[]): Finding[] {
  return looks.map(({ name, required, find }) => {
    try {
      return { name, state: 'ok', text: find() };
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      return { name, state: required ? 'missing' : 'optional', text: text.replace(/\s+/g, ' ') };
    }
  });
}

/** Whether nothing that training needs is missing. */
export function isHealthy(findings: readonly Finding[]): boolean {
  return findings.every(({ state }) => state !== 'missing');
}

/** The findings as a table, a line each, and the verdict below. */
export function doctorTable(findings: readonly Finding[]): string {
  const widest = Math.max(...findings.map(({ name }) => name.length));
  const lines = findings.map(({ name, state, text }) => `${name.padEnd(widest)}  ${state.padEnd(8)}  ${text}`);
  const missing = findings.filter(({ state }) => state === 'missing').map(({ name }) => name);
  const verdict =
    missing.length === 0
      ? 'Everything that training and export need is here.'
      : `Training needs what is missing: ${missing.join(', ')}.`;
  return [...lines, '', verdict].join('\n');
}
