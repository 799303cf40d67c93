import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { artifacts, percent, workspaceRoot } from '@mnist-edge/command';
import { readSplit } from '@mnist-edge/data';
import { readRun } from '@mnist-edge/trainer';
import { runToEnd } from './child.ts';
import { keras, startPython } from './python-trainer.ts';

/** The recipe for the shortest wait beside the article's. */
export interface FastRecipe {
  readonly keras: string;
  readonly rounds: readonly FastRound[];
}

export interface FastRound {
  readonly seed: number;
  /** From the gzipped files to a trained net and its accuracy: data:prepare, then trainer:train. */
  readonly seconds: number;
  /** Share of the test images, at the end of the run. */
  readonly accuracy: number;
  /** Of Keras for five epochs of the tutorial model, its start and the images' preparation not counted. */
  readonly kerasSeconds: number;
}

/** Names that no dataset or run of a person has. */
const SCRATCH = 'bench-fast';
/** Passes that the article makes. */
const ARTICLE_EPOCHS = 5;

/**
 * Runs `--recipe fast` with one seed after another, from the gzipped files each time, and Keras after each.
 * @throws {Problem} when MNIST cannot be had, or Keras cannot be started
 */
export async function measureFastRecipe(seeds: number, say: (line: string) => void): Promise<FastRecipe> {
  const data = artifacts('data', SCRATCH);
  const folder = artifacts('runs', SCRATCH);
  const rounds: FastRound[] = [];
  let version = '';
  try {
    for (let seed = 1; seed <= seeds; seed++) {
      say(`the fast recipe, seed ${seed} of ${seeds}`);
      const seconds = await timed(async () => {
        await stage('data', ['prepare', '--dataset', 'mnist', '--out', data]);
        const settings = ['--recipe', 'fast', '--dataset', SCRATCH, '--run', SCRATCH, '--seed', String(seed)];
        await stage('trainer', ['train', ...settings]);
      });
      const { result } = await readRun(folder);
      const peer = await startPython(keras, await readSplit(data, 'train'));
      version = peer.version;
      try {
        const kerasSeconds = await timed(async () => {
          for (let epoch = 0; epoch < ARTICLE_EPOCHS; epoch++) await peer.epoch();
        });
        const { accuracy } = result.test;
        rounds.push({ seed, seconds, accuracy, kerasSeconds });
        say(`${seconds.toFixed(0)} s, ${percent(accuracy)}; Keras ${kerasSeconds.toFixed(0)} s`);
      } finally {
        await peer.stop();
      }
    }
  } finally {
    const scratch = [data, folder, `${folder}.previous`];
    await Promise.all(scratch.map((path) => rm(path, { recursive: true, force: true })));
  }
  return { keras: version, rounds };
}

function stage(project: string, args: readonly string[]): Promise<void> {
  return runToEnd(join(workspaceRoot, 'packages', project, 'src/main.ts'), args);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
