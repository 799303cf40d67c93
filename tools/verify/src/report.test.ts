import { expect, test } from 'vitest';
import { countTests } from './report.ts';

const report = {
  numPassedTests: 5,
  numFailedTests: 1,
  numPendingTests: 2,
  numTodoTests: 1,
  testResults: [
    { status: 'passed', assertionResults: [{}, {}] },
    { status: 'failed', assertionResults: [{}] },
  ],
};

test('the counts of a report', () => {
  expect(countTests(JSON.stringify(report))).toEqual({ passed: 5, failed: 1, skipped: 3 });
});

test('a file that failed before its first test counts as a failure', () => {
  const testResults = [...report.testResults, { status: 'failed', assertionResults: [] }];
  expect(countTests(JSON.stringify({ ...report, testResults }))?.failed).toBe(2);
});

test.each(['', '{', 'null', '3', '{}', '{"numPassedTests":1}'])('%j is no report', (text) => {
  expect(countTests(text)).toBeNull();
});
