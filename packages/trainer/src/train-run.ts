import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describeSystemError, shown, writeFolder, writeWhole } from '@mnist-edge/command';
import { createRandom, type DatasetInfo, readDatasetInfo, readSplit } from '@mnist-edge/data';
import type { LayersModel } from '@tensorflow/tfjs';
import type { Backend } from './backend.ts';
import { type Best, type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { TrainConfig } from './config.ts';
import { openTeacher } from './distillation.ts';
import { type EpochReport, evaluate, type StepReport, trainEpochs } from './epochs.ts';
import { checkFreeze } from './fine-tune/freeze.ts';
import { takePerClass } from './fine-tune/per-class.ts';
import { readInitial, startFrom, writeInitial } from './fine-tune/start.ts';
import { describeMachine, toolVersions } from './machine.ts';
import { takeSnapshot, writeModelFiles } from './model-files.ts';
import { findArchitecture } from './models/index.ts';
import { files, type RunResult, readMetrics } from './run-folder.ts';
import { isBetter } from './score.ts';
import { startEvents } from './tensorboard/events-file.ts';
import { FLOAT32_BITS, roundKernels } from './weight-bits.ts';
import { readWeights, writeWeights } from './weights.ts';

export interface RunRequest {
  readonly config: TrainConfig;
  readonly backend: Backend;
  /** A dataset folder, as packages/data writes it. */
  readonly dataset: string;
  /** Where the run goes; what is there is kept beside it as `<run>.previous`, unless it is gone on with. */
  readonly folder: string;
  /** Goes on from the newest checkpoint in the folder, which must be of the same config. */
  readonly resume?: boolean;
  readonly onStep?: (report: StepReport) => void;
  readonly onEpoch?: (report: EpochReport, best: boolean) => void;
  /** When it aborts, the run ends after the step that is running; what was learned is kept and can be exported. */
  readonly signal?: AbortSignal;
}

/**
 * Trains one run from its config to its result and writes its folder as it goes. A run that was stopped at any moment
 * and is resumed ends with the same weights as one that was not, bit for bit on one machine. A run that fails before
 * its first epoch ended leaves nothing, and the run that was there before in its place.
 * @throws {Problem} when the dataset cannot be read, the folder cannot be written, or memory runs out
 */
export async function trainRun(request: RunRequest): Promise<RunResult> {
  const { folder } = request;
  const trained = await trainUntested(request);
  const { model } = trained;
  const result = await conclude(request, trained);
  const snapshot = await takeSnapshot(model);
  model.dispose();
  await writeFolder(join(folder, files.model), (draft) => writeModelFiles(draft, snapshot));
  await writeWhole(join(folder, files.result), `${JSON.stringify(result, null, 2)}\n`);
  return result;
}

/** What training came to, before the test images were read. */
export interface Trained {
  /** With the weights of the epoch that is kept; the caller disposes of it. */
  readonly model: LayersModel;
  readonly info: DatasetInfo;
  readonly best: Best;
  readonly reports: readonly EpochReport[];
  /** Of training and validation. */
  readonly seconds: number;
  /** False when the run was stopped before its last epoch. */
  readonly finished: boolean;
}

/**
 * Trains as `trainRun` does, and leaves out what ends a run: the test images are not read, and neither the model nor a
 * result is written.
 * @throws {Problem} as `trainRun`
 */
export async function trainUntested(request: RunRequest): Promise<Trained> {
  const { folder } = request;
  let { config } = request;
  const info = await readDatasetInfo(request.dataset);
  const all = await readSplit(request.dataset, 'train');
  const train = config.perClass === undefined ? all : takePerClass(all, config.perClass, config.seed, info.labels);
  const validation = await readSplit(request.dataset, 'validation');
  const checkpoints = join(folder, files.checkpoints);
  const checkpoint = request.resume === true ? await readCheckpoint(checkpoints) : null;
  const { model, random } = build(config, info, checkpoint);
  checkFreeze(model, config.freeze ?? 0);
  const { teacher, ...taught } = await openTeacher(config, info.labels);
  config = taught.config;
  /** Takes the run back, for as long as nothing of it is worth keeping. */
  let abandon = async (): Promise<void> => undefined;
  if (request.resume !== true) {
    config = await startFrom(config, model, info.labels);
    abandon = await beginFolder(folder, config, model);
  } else if (checkpoint === null && config.from !== undefined) await readInitial(folder, model);
  const started = performance.now() - 1000 * (checkpoint?.seconds ?? 0);
  const reports = (await readMetrics(folder)).filter((report) => report.epoch <= (checkpoint?.state.epoch ?? 0));
  const recordEvent = await startEvents(join(folder, files.events), reports);
  let best: Best | undefined = checkpoint?.best;
  const training = { ...request, config, model, train, validation, random, ...(teacher && { teacher }) };
  try {
    if (best === undefined || !isOver(config, reports.length, best)) {
      for await (const { report, state, weights } of trainEpochs(
        checkpoint === null ? training : { ...training, from: checkpoint.state },
      )) {
        reports.push(report);
        if (best === undefined || config.keep === 'last' || isBetter(report.validation, best.validation)) {
          best = { epoch: report.epoch, validation: report.validation, weights };
        }
        // The metrics first: a checkpoint without its line could not be told from one whose line was lost.
        await writeWhole(join(folder, files.metrics), reports.map((line) => `${JSON.stringify(line)}\n`).join(''));
        await recordEvent(report);
        await writeCheckpoint(checkpoints, { state, best, seconds: (performance.now() - started) / 1000 });
        abandon = async () => undefined;
        request.onEpoch?.(report, config.keep === 'best' && best.epoch === report.epoch);
        if (isOver(config, report.epoch, best)) break;
      }
    }
  } catch (error) {
    await abandon();
    throw error;
  } finally {
    teacher?.dispose();
  }
  const seconds = (performance.now() - started) / 1000;
  best ??= { epoch: 0, validation: await evaluate(model, validation), weights: await readWeights(model) };
  writeWeights(model, best.weights);
  if (config.weightBits < FLOAT32_BITS) {
    await roundKernels(model, config.weightBits);
    best = { ...best, validation: await evaluate(model, validation), weights: await readWeights(model) };
  }
  return { model, info, best, reports, seconds, finished: isOver(config, reports.length, best) };
}

function build(config: TrainConfig, info: DatasetInfo, checkpoint: Checkpoint | null) {
  const initial = createRandom(config.seed);
  const random = createRandom(initial.whole(2 ** 32), checkpoint?.state.random);
  const model = findArchitecture(config.model).build({
    classes: info.labels.length,
    nextSeed: () => initial.whole(2 ** 32),
    greyLevels: config.greyLevels,
    dropout: config.dropout,
    random,
  });
  return { model, random };
}

/** True after the last epoch, or once `patience` epochs in a row were no better than the best. */
export function isOver(config: TrainConfig, epoch: number, best: Pick<Best, 'epoch'>): boolean {
  return epoch >= config.epochs || (config.patience > 0 && epoch - best.epoch >= config.patience);
}

async function conclude(
  { backend, dataset }: RunRequest,
  { model, info, best, reports, seconds, finished }: Trained,
): Promise<RunResult> {
  const speeds = reports.map((report) => report.imagesPerSecond).sort((a, b) => a - b);
  return {
    finished,
    epochs: reports.length,
    bestEpoch: best.epoch,
    parameters: model.countParams(),
    validation: best.validation,
    test: await evaluate(model, await readSplit(dataset, 'test')),
    seconds,
    imagesPerSecond: speeds[speeds.length >> 1] ?? 0,
    backend: backend.description,
    machine: describeMachine(backend.gpu),
    dataset: {
      name: info.name,
      description: info.description,
      labels: info.labels,
      sha256: { ...info.rawFiles, ...info.files },
    },
    versions: toolVersions(backend.name),
  };
}

/**
 * An empty run folder with its config in it; the run that was there before becomes `<run>.previous`.
 * @returns what undoes it
 */
async function beginFolder(folder: string, config: TrainConfig, model: LayersModel): Promise<() => Promise<void>> {
  const previous = `${folder}.previous`;
  const replaces = existsSync(folder);
  const undo = async () => {
    await rm(folder, { recursive: true, force: true });
    if (replaces) await rename(previous, folder);
  };
  try {
    if (replaces) {
      await rm(previous, { recursive: true, force: true });
      await rename(folder, previous);
    }
    await mkdir(folder, { recursive: true });
    if (config.from !== undefined) await writeInitial(folder, model);
  } catch (error) {
    throw describeSystemError(error, `starting the run in ${shown(folder)}`);
  }
  await writeWhole(join(folder, files.config), `${JSON.stringify(config, null, 2)}\n`);
  return undo;
}
