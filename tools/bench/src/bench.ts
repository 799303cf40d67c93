import { Problem } from '@mnist-edge/recognizer';
import { findArchitecture, startBackend } from '@mnist-edge/trainer';
import { measureFastRecipe } from './fast.ts';
import { BATCHES, measureInference } from './inference.ts';
import { thisMachine } from './machine.ts';
import { measurePipelineMemory, measureServerMemory } from './memory.ts';
import { openModel } from './model.ts';
import { measurePeers } from './peers.ts';
import type { Part, Report } from './report.ts';
import { measureServer } from './server.ts';
import { measureAugmentation, measureTraining, type TrainingAmount } from './training.ts';
import { measureWebPage } from './web.ts';

export interface BenchRequest {
  readonly parts: readonly Part[];
  readonly quick: boolean;
  /** Folder of the model bundle that is run and served. */
  readonly modelDir: string;
  /** The dataset that the pipeline's memory is measured on. */
  readonly dataset: string;
  /** Told what is being measured, before it is. */
  readonly say: (line: string) => void;
}

/** How long each measurement takes. */
interface Effort {
  readonly inferenceSeconds: number;
  readonly serverSeconds: number;
  readonly serverRound: number;
  readonly pipelineEpochs: number;
  readonly rounds: number;
  readonly steps: number;
  /** Shorter rounds and more of them: what else the machine does should meet all trainers alike. */
  readonly peers: TrainingAmount;
  readonly visits: number;
  readonly seeds: number;
}

const full: Effort = {
  inferenceSeconds: 3,
  serverSeconds: 5,
  serverRound: 10_000,
  pipelineEpochs: 2,
  rounds: 3,
  steps: 100,
  peers: { rounds: 9, steps: 50 },
  visits: 7,
  seeds: 10,
};
const quick: Effort = {
  inferenceSeconds: 0.3,
  serverSeconds: 1,
  serverRound: 1_000,
  pipelineEpochs: 1,
  rounds: 1,
  steps: 20,
  peers: { rounds: 1, steps: 20 },
  visits: 1,
  seeds: 1,
};
/** Plain JavaScript trains a hundred times slower than TensorFlow. */
const slowTraining = { rounds: 1, steps: 2 };

/** Measures the parts asked for. A part that fails is noted in the report, and the others are measured all the same. */
export async function bench(request: BenchRequest): Promise<Report> {
  const { modelDir, dataset, say } = request;
  const effort = request.quick ? quick : full;
  const asked = (part: Part) => request.parts.includes(part);
  const failures: { what: string; why: string }[] = [];

  /** Nothing when it fails for a reason that a person can mend. */
  async function attempt<T extends object>(
    what: string,
    measure: () => Promise<T>,
  ): Promise<T | Record<string, never>> {
    say(what);
    try {
      return await measure();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      failures.push({ what, why: error.message });
      return {};
    }
  }

  async function measureModel(): Promise<Partial<Report>> {
    const model = await openModel(modelDir);
    try {
      const { name, version } = model.bundle;
      return {
        model: { name, version, sha256: model.sha256 },
        ...(asked('inference') &&
          (await attempt('inference', async () => {
            const speeds = [];
            for (const batch of BATCHES) speeds.push(await measureInference(model, batch, effort.inferenceSeconds));
            return { inference: speeds };
          }))),
        ...(asked('server') &&
          (await attempt('server', async () => ({
            server: await measureServer(model, modelDir, effort.serverSeconds),
          })))),
        ...(asked('memory') &&
          (await attempt('memory of the server', async () => ({
            serverMemory: await measureServerMemory(model, modelDir, effort.serverRound),
          })))),
      };
    } finally {
      await model.close();
    }
  }

  async function measurePipeline(): Promise<Partial<Report>> {
    return { pipelineMemory: await measurePipelineMemory(dataset, effort.pipelineEpochs, say) };
  }

  async function measureTrainer(): Promise<Partial<Report>> {
    const backend = await startBackend();
    if (backend.warning !== undefined) say(backend.warning);
    const amount = backend.name === 'cpu' ? slowTraining : effort;
    const training = [];
    for await (const speed of measureTraining(backend, amount)) training.push(speed);
    const augmentation = await measureAugmentation(findArchitecture('edge'), backend, amount);
    return {
      training,
      augmentation,
      ...(await attempt('training beside Keras and PyTorch', async () => ({
        peers: await measurePeers(backend, backend.name === 'cpu' ? slowTraining : effort.peers, say),
      }))),
    };
  }

  const needsModel = asked('inference') || asked('server') || asked('memory');
  // Training comes last: TensorFlow's threads and memory stay in this process once they are there.
  const measured = {
    ...(needsModel && (await attempt('model', measureModel))),
    ...(asked('memory') && (await attempt('memory of the pipeline', measurePipeline))),
    ...(asked('web') && (await attempt('web page', async () => ({ web: await measureWebPage(effort.visits) })))),
    ...(asked('fast') &&
      (await attempt('fast recipe', async () => ({ fast: await measureFastRecipe(effort.seeds, say) })))),
    ...(asked('training') && (await attempt('training', measureTrainer))),
  };
  return {
    schemaVersion: 1,
    date: new Date().toISOString(),
    machine: thisMachine(),
    quick: request.quick,
    ...measured,
    failures,
  };
}
