import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { artifacts, workspaceRoot } from '@mnist-edge/command';
import { runToEnd } from './child.ts';
import { load } from './load.ts';
import type { RawModel } from './model.ts';
import { residentNow } from './process-tree.ts';
import { inferRequest, recognizeRequest } from './requests.ts';
import { startOurServer } from './server.ts';

/** The server's resident memory as it serves, in bytes. */
export interface ServerMemory {
  readonly moments: readonly { readonly requests: number; readonly resident: number }[];
}

/** The most resident memory of each stage of the pipeline, with all processes it starts, in bytes. */
export interface PipelineMemory {
  readonly dataset: string;
  readonly epochs: number;
  readonly stages: readonly { readonly target: string; readonly peak: number }[];
}

/** ms between two looks at the pipeline's processes. */
const LOOK = 100;
/** ms that a server gets to come to rest before its memory is read. */
const REST = 1000;
/** Names that no dataset, run or model of a person has. */
const SCRATCH = 'bench-memory';

/** Rounds of requests: one reading says little, since what the garbage collector left differs from moment to moment. */
const ROUNDS = 10;

/**
 * Sends ten rounds of requests over ten connections, images as JSON and as pictures in turn.
 * @param round requests a round
 */
export async function measureServerMemory(model: RawModel, modelDir: string, round: number): Promise<ServerMemory> {
  const requests = [inferRequest(model.bundle), recognizeRequest()];
  const server = await startOurServer(modelDir);
  try {
    const moments = [];
    for (let sent = 0; sent <= ROUNDS * round; sent += round) {
      if (sent > 0) await load(server.url, requests, 10, { amount: round });
      await wait(REST);
      moments.push({ requests: sent, resident: residentNow(server.pid) });
    }
    return { moments };
  } finally {
    await server.stop();
  }
}

/**
 * Runs the stages that `npm run pipeline` runs, in a scratch dataset, run and model, and watches their processes.
 * @param epochs a few: memory does not grow from the second on
 * @throws {Problem} when a stage fails, such as for want of the dataset
 */
export async function measurePipelineMemory(
  dataset: string,
  epochs: number,
  say: (line: string) => void,
): Promise<PipelineMemory> {
  const name = ['--name', SCRATCH];
  const run = ['--run', SCRATCH];
  const data = artifacts('data', SCRATCH);
  const stages: [target: string, folder: string, args: string[]][] = [
    ['data:prepare', 'packages/data', ['prepare', '--dataset', dataset, '--out', data]],
    ['trainer:train', 'packages/trainer', ['train', '--dataset', SCRATCH, '--epochs', String(epochs), ...run]],
    ['exporter:export', 'packages/exporter', ['export', ...run, ...name]],
  ];
  const results: { target: string; peak: number }[] = [];
  residentNow(process.pid); // Where memory cannot be read, say so before the work and not from a timer.
  try {
    for (const [target, folder, args] of stages) {
      say(`memory of ${target}`);
      let peak = 0;
      const watch = (pid: number) => {
        peak = Math.max(peak, residentNow(pid));
      };
      await runToEnd(join(workspaceRoot, folder, 'src/main.ts'), args, watch, LOOK);
      results.push({ target, peak });
    }
  } finally {
    // The trainer keeps what was there before a run beside it.
    const runs = [artifacts('runs', SCRATCH), artifacts('runs', `${SCRATCH}.previous`)];
    const scratch = [data, ...runs, artifacts('models', SCRATCH)];
    await Promise.all(scratch.map((folder) => rm(folder, { recursive: true, force: true })));
  }
  return { dataset, epochs, stages: results };
}
