import { expect, test } from 'vitest';
import { readReport } from './report.ts';

const passed = { status: 'passed', fullName: 'it holds', failureMessages: [] };
const report = {
  numPassedTests: 5,
  numFailedTests: 1,
  numPendingTests: 2,
  numTodoTests: 1,
  testResults: [
    { name: 'a.test.ts', status: 'passed', message: '', assertionResults: [passed, passed] },
    {
      name: 'b.test.ts',
      status: 'failed',
      message: '',
      assertionResults: [passed, { status: 'failed', fullName: 'b fails', failureMessages: ['Error: 3 is not 4'] }],
    },
  ],
};

test('the counts of a report, and what failed by name', () => {
  expect(readReport(JSON.stringify(report))).toEqual({
    passed: 5,
    failed: 1,
    skipped: 3,
    failures: [{ test: 'b.test.ts > b fails', message: 'Error: 3 is not 4' }],
  });
});

test('a file that failed before its first test counts as a failure', () => {
  const broken = { name: 'c.test.ts', status: 'failed', message: 'SyntaxError: no', assertionResults: [] };
  const read = readReport(JSON.stringify({ ...report, testResults: [...report.testResults, broken] }));
  expect(read?.failed).toBe(2);
  expect(read?.failures[0]).toEqual({ test: 'c.test.ts', message: 'SyntaxError: no' });
});

test.each(['', '{', 'null', '3', '{}', '{"numPassedTests":1}'])('%j is no report', (text) => {
  expect(readReport(text)).toBeNull();
});
