import { expect, test } from 'vitest';
import { summarize, totalLine } from './summary.ts';
import type { Check } from './verdict.ts';

function check(id: string, passed: number, failed = 0, skipped = 0, rest: Partial<Check> = {}): Check {
  const [project, target] = id.split(':') as [string, string];
  return { project, target, passed, failed, skipped, because: [], failures: [], ...rest };
}

test('all is well: a table, and the line that tools read', () => {
  const checks = [
    check('web:lint', 1),
    check('web:typecheck', 1),
    check('web:test', 12),
    check('data:lint', 1),
    check('data:typecheck', 1),
    check('data:test', 40),
  ];
  expect(summarize({ checks, obstacles: [] })).toBe(
    [
      '      lint  types  tests',
      'data  ok    ok     40 passed',
      'web   ok    ok     12 passed',
      '',
      '56 passed, 0 failed',
    ].join('\n'),
  );
});

test('failures and what did not run are loud, with the message of the prerequisite and the way out', () => {
  const output = [
    '> tsx src/main.ts',
    '',
    'data:prepare: no mirror can be reached.',
    'Warning: command "tsx src/main.ts" exited with non-zero status code',
  ].join('\n');
  const verdict = {
    checks: [
      check('web:lint', 0, 1),
      check('web:typecheck', 1),
      check('web:test', 3, 2, 1, { failures: [{ test: 'a.test.ts > it adds', message: 'Error: 3\n\n  at a.ts' }] }),
      check('parity:test', 0, 0, 1, { because: ['data:prepare', 'web:build'] }),
      check('bench:test', 0, 1, 0, { note: 'no test report was written' }),
    ],
    obstacles: [
      { id: 'data:prepare', missing: true, output },
      { id: 'web:build', missing: false, output: '' },
    ],
  };
  expect(summarize(verdict).split('\n')).toEqual([
    '        lint    types  tests',
    'bench                  0 passed, 1 FAILED (no test report was written)',
    'parity                 DID NOT RUN',
    'web     FAILED  ok     3 passed, 2 FAILED, 1 skipped',
    '',
    'FAILED: web:test: a.test.ts > it adds',
    '  | Error: 3',
    '  |   at a.ts',
    '',
    'A PREREQUISITE IS MISSING: data:prepare, so these did not run: parity:test',
    '  | data:prepare: no mirror can be reached.',
    expect.stringMatching(
      /^ {2}Where MNIST cannot be fetched.*MNIST_EDGE_MIRROR=FOLDER npm test.*--mirror=FOLDER.*synthetic$/,
    ),
    '',
    'A STEP FAILED: web:build, so these did not run: parity:test',
    '  | (it printed nothing)',
    '',
    '4 passed, 5 failed, 2 skipped',
  ]);
});

test('of a long output the end is shown', () => {
  const output = Array.from({ length: 40 }, (_, i) => `line ${i}`).join('\n');
  const summary = summarize({ checks: [], obstacles: [{ id: 'tools:setup', missing: true, output }] });
  expect(summary.match(/ {2}\| line \d+/g)).toEqual(Array.from({ length: 15 }, (_, i) => `  | line ${i + 25}`));
});

test.each([
  [{ passed: 0, failed: 0, skipped: 0 }, '0 passed, 0 failed'],
  [{ passed: 12, failed: 3, skipped: 0 }, '12 passed, 3 failed'],
  [{ passed: 12, failed: 0, skipped: 1 }, '12 passed, 0 failed, 1 skipped'],
])('%j ends with "%s"', (sums, line) => {
  expect(totalLine(sums)).toBe(line);
});
