/** How many tests of a project passed, failed and were skipped. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What is read of the file that Vitest's JSON reporter writes. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

/**
 * Adds up a Vitest report. A test file that failed before its first test, by a syntax error or a bad import, is one failure.
 * @returns null when the text is no such report
 */
export function countTests(json: string): Counts | null {
  let report: VitestReport;
  try {
    report = JSON.parse(json) as VitestReport;
  } catch {
    return null;
  }
  if (typeof report?.numPassedTests !== 'number' || !Array.isArray(report.testResults)) return null;
  const broken = report.testResults.filter(({ status, assertionResults }) => {
    return status === 'failed' && assertionResults.length === 0;
  });
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
