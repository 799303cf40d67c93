import { expect, test } from 'vitest';
import type { Report } from './report.ts';
import { exitCode, judge, type Outcome, type Task, total } from './verdict.ts';

function task(id: string, ...needs: string[]): Task {
  const [project, target] = id.split(':') as [string, string];
  return { id, project, target, needs };
}

const good: Outcome = { ok: true, output: '' };
const bad: Outcome = { ok: false, output: 'no network' };
const counts = (passed: number, failed = 0, skipped = 0) => ({ passed, failed, skipped });
const report = (passed: number, failed = 0, skipped = 0): Report => ({
  ...counts(passed, failed, skipped),
  failures: Array.from({ length: failed }, (_, i) => ({ test: `test ${i}`, message: '' })),
});

function judged(tasks: Task[], outcomes: Record<string, Outcome>, reports: Record<string, Report> = {}) {
  return judge(tasks, new Map(Object.entries(outcomes)), new Map(Object.entries(reports)));
}

test('lint and types count one each, tests as many as their report has', () => {
  const tasks = [task('a:lint'), task('a:typecheck'), task('a:test', 'a:build'), task('a:build')];
  const outcomes = { 'a:lint': good, 'a:typecheck': bad, 'a:test': good, 'a:build': good };
  const verdict = judged(tasks, outcomes, { a: report(40, 0, 2) });
  expect(verdict.obstacles).toEqual([]);
  expect(total(verdict)).toEqual(counts(41, 1, 2));
});

test('the tests that failed keep their names', () => {
  const verdict = judged([task('a:test')], { 'a:test': bad }, { a: report(7, 1) });
  expect(verdict.checks[0]?.failures).toEqual([{ test: 'test 0', message: '' }]);
});

test('a task that failed has a failure, whatever its report says', () => {
  const verdict = judged([task('a:test')], { 'a:test': bad }, { a: report(7) });
  expect(verdict.checks[0]).toMatchObject({ passed: 7, failed: 1, note: 'it failed outside its tests' });
  expect(total(judged([task('a:test')], { 'a:test': bad }, { a: report(7, 2) }))).toEqual(counts(7, 2));
});

test('tests without a report are a failure, even where the task succeeded', () => {
  const verdict = judged([task('a:test')], { 'a:test': good });
  expect(verdict.checks[0]).toMatchObject({ passed: 0, failed: 1, note: 'no test report was written' });
});

test('what was not run for a missing prerequisite is skipped, however far behind it lies', () => {
  const tasks = [
    task('p:test', 'm:train', 'w:build'),
    task('m:train', 'tools:setup'),
    task('tools:setup'),
    task('w:build'),
  ];
  const verdict = judged(tasks, { 'tools:setup': bad, 'w:build': good });
  expect(verdict.checks).toEqual([
    { project: 'p', target: 'test', because: ['tools:setup'], passed: 0, failed: 0, skipped: 1, failures: [] },
  ]);
  expect(verdict.obstacles).toEqual([{ id: 'tools:setup', missing: true, output: 'no network' }]);
  expect(total(verdict)).toEqual(counts(0, 0, 1));
});

test('a build that fails is a failure, not a missing prerequisite', () => {
  const verdict = judged([task('w:test', 'w:build'), task('w:build')], { 'w:build': bad });
  expect(verdict.obstacles).toMatchObject([{ id: 'w:build', missing: false }]);
  expect(total(verdict)).toEqual(counts(0, 1, 1));
});

test('a defect in a prerequisite is a failure', () => {
  const output = 'tools: this is a defect, please report it with the lines below.';
  const verdict = judged([task('w:test', 'tools:setup'), task('tools:setup')], {
    'tools:setup': { ok: false, output },
  });
  expect(total(verdict)).toEqual(counts(0, 1, 1));
});

test('a check that Nx never came to, with nothing failed before it, is a failure', () => {
  const verdict = judged([task('a:lint'), task('a:test', 'a:build'), task('a:build')], { 'a:build': good });
  expect(verdict.checks.map(({ note }) => note)).toEqual(['Nx did not come to it', 'Nx did not come to it']);
  expect(total(verdict)).toEqual(counts(0, 2));
});

test('needs that go in a circle end', () => {
  const verdict = judged([task('a:test', 'b:x'), task('b:x', 'b:y'), task('b:y', 'b:x')], { 'b:y': bad });
  expect(verdict.checks[0]?.because).toEqual(['b:y']);
});

test.each([
  [counts(3), false, 0],
  [counts(3), true, 0],
  [counts(3, 0, 1), false, 0],
  [counts(3, 0, 1), true, 1],
  [counts(3, 1), false, 1],
  [counts(3, 1), true, 1],
])('%j with CI %s ends with exit code %i', (sums, ci, code) => {
  expect(exitCode(sums, ci)).toBe(code);
});
