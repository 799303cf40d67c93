import Table from 'cli-table3';
import type { Result, Verdict } from './conform.ts';
import { documents } from './documents.ts';

const MARKS: Readonly<Record<Verdict, string>> = { passed: '✓', failed: '✗', 'not applicable': '–' };

/** All results as a table, the failures once more with their reasons, the documents, and the totals last. */
export function report(results: readonly Result[]): string {
  const table = plainTable(['', 'case', 'what must hold', 'rule']);
  for (const { case: item, verdict } of results) {
    table.push([MARKS[verdict], item.id, item.title, `${item.rule.document}: ${item.rule.section}`]);
  }
  const used = new Set(results.map(({ case: item }) => item.rule.document));
  const sources = Object.entries(documents).filter(([key]) => used.has(key as keyof typeof documents));
  return [
    table.toString(),
    '',
    ...sources.map(([key, title]) => `${key}: ${title}`),
    ...listed('Not applicable', results, 'not applicable'),
    ...listed('Failed', results, 'failed'),
    '',
    totals(results),
  ].join('\n');
}

/** One line: how many cases ended how. */
export function totals(results: readonly Result[]): string {
  const count = (verdict: Verdict) => results.filter((result) => result.verdict === verdict).length;
  return `${results.length} cases: ${count('passed')} passed, ${count('failed')} failed, ${count('not applicable')} not applicable`;
}

function listed(title: string, results: readonly Result[], verdict: Verdict): string[] {
  const some = results.filter((result) => result.verdict === verdict);
  if (some.length === 0) return [];
  const reasons = new Map<string, string[]>();
  for (const { case: item, reason } of some) reasons.set(reason, [...(reasons.get(reason) ?? []), item.id]);
  const lines = [...reasons].map(([reason, ids]) =>
    ids.length > 8 ? `  ${ids.length} cases (${ids[0]} … ${ids.at(-1)}): ${reason}` : `  ${ids.join(', ')}: ${reason}`,
  );
  return ['', `${title}:`, ...lines];
}

function plainTable(head: string[]): InstanceType<typeof Table> {
  return new Table({ head, style: { head: [], border: [], compact: true } });
}
