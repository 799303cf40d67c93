import type { Counts, Failure, Report } from './report.ts';

/** A task as Nx plans it. */
export interface Task {
  /** Such as "data:test". */
  readonly id: string;
  readonly project: string;
  readonly target: string;
  /** The ids of the tasks that must succeed before it. */
  readonly needs: readonly string[];
}

/** How a task that Nx ran ended. A task that was not run has no outcome. */
export interface Outcome {
  readonly ok: boolean;
  readonly output: string;
}

/** One check of one project: a lint, a type check, or its tests. */
export interface Check extends Counts {
  readonly project: string;
  readonly target: string;
  /** The failed tasks that it was not run for; empty when it ran. */
  readonly because: readonly string[];
  /** The tests that failed, by name; empty for what is no test. */
  readonly failures: readonly Failure[];
  /** What its counts do not tell. */
  readonly note?: string;
}

/** A task that checks needed and that failed. */
export interface Obstacle {
  readonly id: string;
  /** True when something outside the checkout is missing, such as a network; otherwise it is a failure of the checkout. */
  readonly missing: boolean;
  readonly output: string;
}

export interface Verdict {
  readonly checks: readonly Check[];
  readonly obstacles: readonly Obstacle[];
}

/** What the checks ask for; any other task is run only because a check needs it. */
const CHECKS = ['lint', 'typecheck', 'test'];
/** The tasks that need something from outside: a network, a compiler, a browser. */
const FROM_OUTSIDE = ['tools:setup', 'tools:chromium', 'data:prepare'];

/**
 * Judges every planned check by what ran.
 * @param outcomes by task id
 * @param reports the tests by project; a project that wrote no readable report is not in it
 */
export function judge(
  tasks: readonly Task[],
  outcomes: ReadonlyMap<string, Outcome>,
  reports: ReadonlyMap<string, Report>,
): Verdict {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const checks = tasks
    .filter(({ target }) => CHECKS.includes(target))
    .map((task): Check => {
      const { project, target } = task;
      const outcome = outcomes.get(task.id);
      if (outcome !== undefined) return { project, target, because: [], ...count(task, outcome, reports.get(project)) };
      const because = failedNeeds(task, byId, outcomes);
      return because.length > 0
        ? { project, target, because, passed: 0, failed: 0, skipped: 1, failures: [] }
        : { project, target, because, passed: 0, failed: 1, skipped: 0, failures: [], note: 'Nx did not come to it' };
    });
  const obstacles = tasks
    .filter(({ id, target }) => !CHECKS.includes(target) && outcomes.get(id)?.ok === false)
    .map(({ id }): Obstacle => {
      const { output } = outcomes.get(id)!;
      return { id, missing: FROM_OUTSIDE.includes(id) && !output.includes('this is a defect'), output };
    });
  return { checks, obstacles };
}

function count(task: Task, { ok }: Outcome, report: Report | undefined): Report & { note?: string } {
  const one = { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0, failures: [] };
  if (task.target !== 'test') return one;
  // Every project's tests write a report, so without one nobody knows what was tested.
  if (report === undefined)
    return { passed: 0, failed: 1, skipped: 0, failures: [], note: 'no test report was written' };
  return ok || report.failed > 0 ? report : { ...report, failed: 1, note: 'it failed outside its tests' };
}

function failedNeeds(task: Task, byId: ReadonlyMap<string, Task>, outcomes: ReadonlyMap<string, Outcome>): string[] {
  const seen = new Set<string>();
  const visit = (ids: readonly string[]) => {
    for (const id of ids) {
      if (seen.has(id)) continue;
      seen.add(id);
      visit(byId.get(id)?.needs ?? []);
    }
  };
  visit(task.needs);
  return [...seen].filter((id) => outcomes.get(id)?.ok === false).sort();
}

/** All checks added up; a failed task that is no check and no missing prerequisite is a failure too. */
export function total({ checks, obstacles }: Verdict): Counts {
  const sum = (key: keyof Counts) => checks.reduce((all, check) => all + check[key], 0);
  return {
    passed: sum('passed'),
    failed: sum('failed') + obstacles.filter(({ missing }) => !missing).length,
    skipped: sum('skipped'),
  };
}

/** 0 when all is well. What was skipped is forgiven to a person, who is told, and never to CI. */
export function exitCode({ failed, skipped }: Counts, ci: boolean): number {
  return failed > 0 || (ci && skipped > 0) ? 1 : 0;
}
