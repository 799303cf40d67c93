import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { type Backend, findArchitecture } from '@mnist-edge/trainer';
import * as tf from '@tensorflow/tfjs';
import { type EpochCost, keras, pyTorch, type RunningTrainer, startPython } from './python-trainer.ts';
import { median } from './statistics.ts';
import { glyphs, SEED, type TrainingAmount, trainRounds } from './training.ts';

/** The tutorial model on the same images at the same batch, trained by one and the other. */
export interface PeerSpeed {
  readonly trainer: string;
  readonly imagesPerSecond: number;
  /** Of all threads, for a step: what it costs where others use the machine too. */
  readonly cpuMillisecondsPerStep: number;
  /** How many times its images ours are to train, where this project has set itself such an aim. */
  readonly aim?: number;
}

/** ms between two turns: threads that have nothing to do look for work for a while, each on a core. */
const REST = 300;
/** Plain JavaScript takes seconds for what TensorFlow does in milliseconds. */
const JAVASCRIPT: TrainingAmount = { rounds: 1, steps: 1 };

/** How many times the images of each we aim to train in the same time. */
const AIMS = { Keras: 0.8, PyTorch: 1.5 } as const;

/**
 * Trains the tutorial model here and by the peers in Python, a round of each in turn; the first warms up and is not
 * counted. Then a step of it in plain JavaScript.
 * @param say told of a peer that is not set up, which is left out
 * @throws {Problem} when Keras, which set-up brings, cannot be started
 */
export async function measurePeers(
  backend: Backend,
  amount: TrainingAmount,
  say: (line: string) => void,
): Promise<PeerSpeed[]> {
  const architecture = findArchitecture('keras-tutorial');
  const { batchSize } = architecture.recipe;
  const hasPyTorch = existsSync(pyTorch.python);
  if (!hasPyTorch) say(`PyTorch is not set up and is left out. Set it up: ${pyTorch.wayOut}`);
  const running: { name: keyof typeof AIMS; trainer: RunningTrainer; costs: EpochCost[] }[] = [];
  const ours: EpochCost[] = [];
  const rounds = trainRounds(architecture, 'none', amount);
  try {
    for (const peer of hasPyTorch ? [keras, pyTorch] : [keras]) {
      const trainer = await startPython(peer, glyphs(amount.steps * batchSize, SEED));
      running.push({ name: peer.name, trainer, costs: [] });
    }
    for (let round = 0; round <= amount.rounds; round++) {
      await wait(REST);
      const own = await nextRound(rounds);
      if (round > 0) ours.push(own);
      for (const { trainer, costs } of running) {
        await wait(REST);
        const cost = await trainer.epoch();
        if (round > 0) costs.push(cost);
      }
    }
  } finally {
    await rounds.return(undefined);
    for (const { trainer } of running) await trainer.stop();
  }
  const speed = (costs: readonly EpochCost[], steps: number) => ({
    imagesPerSecond: (steps * batchSize) / median(costs.map(({ seconds }) => seconds)),
    cpuMillisecondsPerStep: (1000 * median(costs.map(({ cpuSeconds }) => cpuSeconds))) / steps,
  });
  return [
    { trainer: `mnist-edge, ${backend.description}`, ...speed(ours, amount.steps) },
    ...running.map(({ name, trainer, costs }) => ({
      trainer: `${name} ${trainer.version}${name === 'Keras' ? ', same TensorFlow' : ''}`,
      aim: AIMS[name],
      ...speed(costs, amount.steps),
    })),
    ...(backend.name === 'tensorflow'
      ? [{ trainer: 'tfjs, plain JavaScript', ...speed([await inJavaScript()], JAVASCRIPT.steps) }]
      : []),
  ];
}

async function inJavaScript(): Promise<EpochCost> {
  const before = tf.getBackend();
  await tf.setBackend('cpu');
  const rounds = trainRounds(findArchitecture('keras-tutorial'), 'none', JAVASCRIPT);
  try {
    return await nextRound(rounds);
  } finally {
    await rounds.return(undefined);
    await tf.setBackend(before);
  }
}

async function nextRound(rounds: AsyncGenerator<number, undefined>): Promise<EpochCost> {
  const used = process.cpuUsage();
  const { value } = await rounds.next();
  const { user, system } = process.cpuUsage(used);
  return { seconds: value!, cpuSeconds: (user + system) / 1e6 };
}
