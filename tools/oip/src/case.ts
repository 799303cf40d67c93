import type { Rule } from './documents.ts';
import type { Target } from './target.ts';

/** What a server must offer for a case to apply to it; `rest` and `http` apply to every server. */
export const GROUPS = ['rest', 'http', 'binary', 'classification', 'grpc', 'repository'] as const;
export type Group = (typeof GROUPS)[number];

export interface Case {
  /** Unique and lasting, such as `rest/id-echo`. */
  readonly id: string;
  readonly group: Group;
  /** What must hold, in one sentence. */
  readonly title: string;
  readonly rule: Rule;
  /**
   * @throws {Broken} where the rule does not hold, with what was found
   * @throws {NotApplicable} where the rule has nothing to say about this server or model, with the reason
   */
  readonly check: (target: Target) => Promise<void>;
}

export class Broken extends Error {
  override readonly name = 'Broken';
}

export class NotApplicable extends Error {
  override readonly name = 'NotApplicable';
}

/** @param found says what was found instead; it is called only where the expectation fails */
export function expect(holds: boolean, found: () => string): asserts holds {
  if (!holds) throw new Broken(found());
}

/** A value for a message: JSON, cut short. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

/** Makes cases of one group: `const rest = casesOf('rest')`, then `rest('id-echo', 'the id …', rule, check)`. */
export function casesOf(group: Group) {
  return (id: string, title: string, rule: Rule, check: Case['check']): Case => ({
    id: `${group}/${id}`,
    group,
    title,
    rule,
    check,
  });
}
