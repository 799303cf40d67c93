import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type NxRun, runNx } from './nx.ts';
import { type Report, readReport } from './report.ts';
import { judge, type Outcome, type Task, type Verdict } from './verdict.ts';

/** In this order: what is quick to know first, and last the table that compares every runtime. */
const STAGES = [
  ['run-many', '-t', 'lint', 'typecheck'],
  ['run-many', '-t', 'test', '--exclude=parity'],
  ['run', 'parity:test'],
] as const;

export interface VerifyOptions {
  /** The Nx commands, one after the other; left out, those of this workspace. */
  readonly stages?: readonly (readonly string[])[];
  /** Whether what Nx prints is shown. */
  readonly output?: 'inherit' | 'ignore';
}

/** Runs every check of the workspace at `root`, stage after stage whatever fails, and judges what ran. */
export async function verify(root: string, options: VerifyOptions = {}): Promise<Verdict> {
  const { stages = STAGES, output = 'inherit' } = options;
  const reports = join(root, '.artifacts/test');
  // A report that is there afterwards was written, or restored from Nx's cache, by this run.
  await rm(reports, { recursive: true, force: true });
  const runs: NxRun[] = [];
  for (const stage of stages) runs.push(await runNx(stage, root, output));
  const tasks = new Map<string, Task>();
  const outcomes = new Map<string, Outcome>();
  for (const run of runs) {
    for (const task of run.tasks) tasks.set(task.id, task);
    for (const [id, outcome] of run.outcomes) outcomes.set(id, outcome);
  }
  return judge([...tasks.values()], outcomes, await readReports(reports));
}

async function readReports(folder: string): Promise<Map<string, Report>> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
  const reports = new Map<string, Report>();
  for (const name of names) {
    const report = readReport(await readFile(join(folder, name), 'utf8'));
    if (report !== null) reports.set(name.slice(0, -'.json'.length), report);
  }
  return reports;
}
