import type { Counts } from './report.ts';
import { type Check, type Obstacle, total, type Verdict } from './verdict.ts';

/** What a failed prerequisite's own message cannot know: how to give it what it lacks through `npm test`. */
const ADVICE: Record<string, string> = {
  'tools:setup': 'Then run npm test again. npx nx run tools:doctor shows what is there and what is not.',
  'data:prepare':
    'Where MNIST cannot be fetched, name a folder or an address that has its four files: MNIST_EDGE_MIRROR=FOLDER npm test ' +
    '(or npx nx run data:prepare --mirror=FOLDER). To try training without MNIST: npx nx run data:prepare --dataset=synthetic',
};

/** The summary that ends `npm test`; its last line is "N passed, N failed" with ", N skipped" where something was. */
export function summarize(verdict: Verdict): string {
  return [table(verdict.checks), ...failures(verdict), ...troubles(verdict), totalLine(total(verdict))].join('\n\n');
}

export function totalLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function table(checks: readonly Check[]): string {
  const projects = [...new Set(checks.map(({ project }) => project))].sort();
  const cell = (project: string, target: string) => {
    const check = checks.find((each) => each.project === project && each.target === target);
    if (check === undefined) return '';
    if (check.because.length > 0) return 'DID NOT RUN';
    const note = check.note === undefined ? '' : ` (${check.note})`;
    if (target === 'test') return describe(check) + note;
    return (check.failed > 0 ? 'FAILED' : 'ok') + note;
  };
  const rows = [
    ['', 'lint', 'types', 'tests'],
    ...projects.map((project) => [project, ...['lint', 'typecheck', 'test'].map((target) => cell(project, target))]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function describe({ passed, failed, skipped }: Counts): string {
  const parts = [`${passed} passed`];
  if (failed > 0) parts.push(`${failed} FAILED`);
  if (skipped > 0) parts.push(`${skipped} skipped`);
  return parts.join(', ');
}

/** What failed, with the first lines of why: on a machine of which only the end of the output is kept, this is all there is. */
function failures({ checks }: Verdict): string[] {
  return checks.flatMap((check) =>
    check.failures.map(({ test, message }) => {
      const lines = message.split(/\r?\n/).filter((line) => line.trim() !== '');
      return [`FAILED: ${nameOf(check)}: ${test}`, ...lines.slice(0, MOST_LINES).map((line) => `  | ${line}`)].join(
        '\n',
      );
    }),
  );
}

function troubles({ checks, obstacles }: Verdict): string[] {
  return obstacles.map((obstacle) => {
    const waiting = checks.filter(({ because }) => because.includes(obstacle.id)).map(nameOf);
    const headline = obstacle.missing ? 'A PREREQUISITE IS MISSING' : 'A STEP FAILED';
    return [
      `${headline}: ${obstacle.id}${waiting.length > 0 ? `, so these did not run: ${waiting.join(', ')}` : ''}`,
      ...excerpt(obstacle).map((line) => `  | ${line}`),
      ...(obstacle.missing && ADVICE[obstacle.id] !== undefined ? [`  ${ADVICE[obstacle.id]}`] : []),
    ].join('\n');
  });
}

function nameOf({ project, target }: Check): string {
  return `${project}:${target}`;
}

const MOST_LINES = 15;

/** The end of what a task printed, without the lines that Nx puts around it. */
function excerpt({ output }: Obstacle): string[] {
  const lines = output.split(/\r?\n/).filter((line) => line.trim() !== '' && !/^(> |Warning: command )/.test(line));
  return lines.length > 0 ? lines.slice(-MOST_LINES) : ['(it printed nothing)'];
}
