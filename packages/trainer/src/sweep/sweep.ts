import type { Backend } from '../backend.ts';
import type { StepReport } from '../epochs.ts';
import { planRungs, type Rung, rank } from './halving.ts';
import { type Plan, type Result, readResults, trialFolder, writeBest, writeResults } from './sweep-folder.ts';
import { trainTrial } from './trial.ts';

/** Where a sweep is. */
export interface Place {
  /** 0-based. */
  readonly rung: number;
  readonly rungs: readonly Rung[];
  /** 0-based, of this rung's trials. */
  readonly index: number;
  readonly trial: number;
}

export interface SweepRequest {
  readonly plan: Plan;
  readonly folder: string;
  /** A dataset folder. */
  readonly dataset: string;
  readonly backend: Backend;
  readonly onStep?: (place: Place, report: StepReport) => void;
  readonly onTrial?: (place: Place, result: Result) => void;
  /** When it aborts, the sweep ends after the step that is running. */
  readonly signal?: AbortSignal;
}

export interface Sweep {
  /** A result for each trial that was trained, of the last rung it came to; the best validation first. */
  readonly standings: readonly Result[];
  /** The best of those that were trained for all epochs, and its config's file; undefined when interrupted. */
  readonly best: { readonly trial: number; readonly file: string } | undefined;
}

/**
 * Goes through the rungs of a sweep, from where it was stopped. Whenever the process is killed, the sweep goes on with
 * the trial that was training, from its last epoch, and ends as one that was not killed. The test images are not read.
 * @throws {Problem} as `trainRun`, or when the results so far are damaged
 */
export async function runSweep(request: SweepRequest): Promise<Sweep> {
  const { plan, folder } = request;
  const rungs = planRungs(plan.configs.length, plan.configs[0]!.epochs, plan.eta);
  const results = await readResults(folder);
  let trials = plan.configs.map((_, trial) => trial);
  for (const [rung, { epochs }] of rungs.entries()) {
    for (const [index, trial] of trials.entries()) {
      if (results.some((result) => result.rung === rung && result.trial === trial)) continue;
      const place = { rung, rungs, index, trial };
      const result = await runTrial(request, place, epochs);
      if (result === null) return { standings: standings(results), best: undefined };
      results.push(result);
      await writeResults(folder, results);
      request.onTrial?.(place, result);
    }
    const ranked = rank(results.filter((result) => result.rung === rung));
    trials = ranked.slice(0, rungs[rung + 1]?.trials ?? 1).map(({ trial }) => trial);
  }
  const trial = trials[0]!;
  return { standings: standings(results), best: { trial, file: await writeBest(folder, plan.configs[trial]!) } };
}

/** Null when it was interrupted. */
async function runTrial(request: SweepRequest, place: Place, epochs: number): Promise<Result | null> {
  const { plan, folder, onStep, ...rest } = request;
  const { rung, trial } = place;
  const { finished, best, seconds } = await trainTrial({
    ...rest,
    config: { ...plan.configs[trial]!, epochs },
    folder: trialFolder(folder, trial),
    onStep: (report) => onStep?.(place, report),
  });
  if (!finished) return null;
  return { rung, trial, epochs, bestEpoch: best.epoch, validation: best.validation, seconds };
}

function standings(results: readonly Result[]): Result[] {
  const last = new Map(results.map((result) => [result.trial, result]));
  return rank([...last.values()]);
}
