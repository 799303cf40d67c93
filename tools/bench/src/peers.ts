import { type Backend, findArchitecture } from '@mnist-edge/trainer';
import * as tf from '@tensorflow/tfjs';
import { type EpochCost, startKeras } from './keras.ts';
import { median } from './statistics.ts';
import { glyphs, SEED, type TrainingAmount, trainRounds } from './training.ts';

/** The tutorial model on the same images at the same batch, trained by one and the other. */
export interface PeerSpeed {
  readonly trainer: string;
  readonly imagesPerSecond: number;
  /** Of all threads, for a step: what it costs where others use the machine too. */
  readonly cpuMillisecondsPerStep: number;
}

/** Plain JavaScript takes seconds for what TensorFlow does in milliseconds. */
const JAVASCRIPT: TrainingAmount = { rounds: 1, steps: 1 };

/**
 * Trains the tutorial model here and in Keras, a round of each in turn; the first warms up and is not counted. Then a
 * step of it in plain JavaScript.
 * @throws {Problem} when Keras cannot be started
 */
export async function measurePeers(backend: Backend, amount: TrainingAmount): Promise<PeerSpeed[]> {
  const architecture = findArchitecture('keras-tutorial');
  const { batchSize } = architecture.recipe;
  const keras = await startKeras(glyphs(amount.steps * batchSize, SEED));
  const ours = trainRounds(architecture, 'none', amount);
  const costs: [EpochCost[], EpochCost[]] = [[], []];
  try {
    for (let round = 0; round <= amount.rounds; round++) {
      const pair = [await nextRound(ours), await keras.epoch()] as const;
      if (round > 0) pair.forEach((cost, i) => void costs[i]!.push(cost));
    }
  } finally {
    await ours.return(undefined);
    await keras.stop();
  }
  const row = (trainer: string, rounds: readonly EpochCost[], steps: number): PeerSpeed => ({
    trainer,
    imagesPerSecond: (steps * batchSize) / median(rounds.map(({ seconds }) => seconds)),
    cpuMillisecondsPerStep: (1000 * median(rounds.map(({ cpuSeconds }) => cpuSeconds))) / steps,
  });
  return [
    row(`mnist-edge, ${backend.description}`, costs[0], amount.steps),
    row(`Keras ${keras.version}, same TensorFlow`, costs[1], amount.steps),
    ...(backend.name === 'tensorflow' ? [row('tfjs, plain JavaScript', [await inJavaScript()], JAVASCRIPT.steps)] : []),
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
