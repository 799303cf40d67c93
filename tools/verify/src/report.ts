/** How many tests of a project passed, failed and were skipped. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A test that failed, or a test file that failed before its first test. */
export interface Failure {
  /** The file's path, and the test's full name. */
  readonly test: string;
  /** What was thrown, with the trace. */
  readonly message: string;
}

/** The tests of a project, added up, and those of them that failed by name. */
export interface Report extends Counts {
  readonly failures: readonly Failure[];
}

/** What is read of the file that Vitest's JSON reporter writes. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly VitestFile[];
}

interface VitestFile {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly {
    readonly status: string;
    readonly fullName: string;
    readonly failureMessages: readonly string[];
  }[];
}

/**
 * Reads a Vitest report. A test file that failed before its first test, by a syntax error or a bad import, is one failure.
 * @returns null when the text is no such report
 */
export function readReport(json: string): Report | null {
  let report: VitestReport;
  try {
    report = JSON.parse(json) as VitestReport;
  } catch {
    return null;
  }
  if (typeof report?.numPassedTests !== 'number' || !Array.isArray(report.testResults)) return null;
  const files: readonly VitestFile[] = report.testResults;
  const broken = files.filter(({ status, assertionResults }) => {
    return status === 'failed' && assertionResults.length === 0;
  });
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
    failures: [
      ...broken.map(({ name, message }) => ({ test: name, message })),
      ...files.flatMap(({ name, assertionResults }) =>
        assertionResults
          .filter(({ status }) => status === 'failed')
          .map(({ fullName, failureMessages }) => ({
            test: `${name} > ${fullName}`,
            message: failureMessages.join('\n'),
          })),
      ),
    ],
  };
}
