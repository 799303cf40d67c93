import { percent } from '@mnist-edge/command';
import { topK } from '@mnist-edge/recognizer';
import Table from 'cli-table3';
import type { Outcome } from './recognize-file.ts';

/** One line of JSON, for programs. */
export function jsonLine(outcome: Outcome): string {
  if ('error' in outcome) return JSON.stringify(outcome);
  const { file, finding } = outcome;
  const { label, rejection, probabilities } = finding;
  const digit = label !== null && /^\d$/.test(label) ? Number(label) : null;
  return JSON.stringify({ file, digit, label, rejection, probabilities });
}

/** A table for people: file, digit, how sure, and what else it may be. */
export function table(outcomes: readonly Outcome[]): string {
  const rows = new Table({
    head: ['file', 'digit', 'sure', 'or else'],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'center', 'right', 'left'],
  });
  for (const outcome of outcomes) {
    if ('error' in outcome) rows.push([outcome.file, { content: `✗ ${outcome.error}`, colSpan: 3 }]);
    else rows.push([outcome.file, ...cells(outcome.finding)]);
  }
  return rows.toString();
}

function cells({ label, rejection, probabilities }: Extract<Outcome, { finding: unknown }>['finding']): string[] {
  if (rejection === 'blank') return ['–', '', 'nothing is drawn there'];
  const [best, second] = topK(probabilities, 2);
  const other = probabilities[second!]! >= 0.005 ? `${second} (${percent(probabilities[second!]!, 1)})` : '';
  if (label === null) return ['?', percent(probabilities[best!]!, 1), `perhaps ${best}; no sure digit`];
  return [label, percent(probabilities[best!]!, 1), other];
}
