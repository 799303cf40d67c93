import { appendFile, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describeSystemError, writeFolder, writeWhole } from '@mnist-edge/command';
import { createRandom, type DatasetInfo, readDatasetInfo, readSplit } from '@mnist-edge/data';
import type { LayersModel } from '@tensorflow/tfjs';
import type { Backend } from './backend.ts';
import type { TrainConfig } from './config.ts';
import { type EpochReport, evaluate, type StepReport, trainEpochs } from './epochs.ts';
import { describeMachine, toolVersions } from './machine.ts';
import { openSnapshot, type Snapshot, takeSnapshot, writeModelFiles } from './model-files.ts';
import { findArchitecture } from './models/index.ts';
import { files, type RunResult } from './run-folder.ts';

export interface RunRequest {
  readonly config: TrainConfig;
  readonly backend: Backend;
  /** A dataset folder, as packages/data writes it. */
  readonly dataset: string;
  /** Where the run goes; what is there is kept beside it as `<run>.previous`. */
  readonly folder: string;
  readonly onStep?: (report: StepReport) => void;
  readonly onEpoch?: (report: EpochReport, best: boolean) => void;
  /** When it aborts, the run ends after the step that is running; what was learned is kept and can be exported. */
  readonly signal?: AbortSignal;
}

interface Best {
  readonly epoch: number;
  readonly snapshot: Snapshot;
  readonly validation: EpochReport['validation'];
}

/**
 * Trains one run from its config to its result and writes its folder as it goes.
 * @throws {Problem} when the dataset cannot be read or the folder cannot be written
 */
export async function trainRun(request: RunRequest): Promise<RunResult> {
  const { config, folder } = request;
  const info = await readDatasetInfo(request.dataset);
  const architecture = findArchitecture(config.model);
  const [train, validation] = [
    await readSplit(request.dataset, 'train'),
    await readSplit(request.dataset, 'validation'),
  ];
  await beginFolder(folder, config);

  const random = createRandom(config.seed);
  const model = architecture.build({
    classes: info.labels.length,
    nextSeed: () => random.whole(2 ** 32),
    random,
  });
  const started = performance.now();
  const reports: EpochReport[] = [];
  let best: Best | undefined;
  for await (const report of trainEpochs({ ...request, model, train, validation, random })) {
    reports.push(report);
    const snapshot = await takeSnapshot(model);
    const better = best === undefined || beats(report, best);
    if (better) best = { epoch: report.epoch, snapshot, validation: report.validation };
    await writeEpoch(folder, report, snapshot, better);
    request.onEpoch?.(report, better);
  }
  best ??= { epoch: 0, snapshot: await takeSnapshot(model), validation: evaluate(model, validation) };
  const seconds = (performance.now() - started) / 1000;
  model.dispose();

  const chosen = await openSnapshot(best.snapshot);
  const result = await conclude(request, info, best, chosen, reports, seconds);
  chosen.dispose();
  await writeFolder(join(folder, files.model), (draft) => writeModelFiles(draft, best.snapshot));
  await writeWhole(join(folder, files.result), `${JSON.stringify(result, null, 2)}\n`);
  return result;
}

/** The higher validation accuracy, and of equals the lower loss. */
function beats(report: EpochReport, best: Best): boolean {
  const [now, then] = [report.validation, best.validation];
  return now.accuracy === then.accuracy ? now.loss < then.loss : now.accuracy > then.accuracy;
}

async function conclude(
  { config, backend, dataset }: RunRequest,
  info: DatasetInfo,
  best: Best,
  model: LayersModel,
  reports: readonly EpochReport[],
  seconds: number,
): Promise<RunResult> {
  const speeds = reports.map((report) => report.imagesPerSecond).sort((a, b) => a - b);
  return {
    finished: reports.length === config.epochs,
    epochs: reports.length,
    bestEpoch: best.epoch,
    parameters: model.countParams(),
    validation: best.validation,
    test: evaluate(model, await readSplit(dataset, 'test')),
    seconds,
    imagesPerSecond: speeds[speeds.length >> 1] ?? 0,
    backend: backend.description,
    machine: describeMachine(),
    dataset: {
      name: info.name,
      description: info.description,
      labels: info.labels,
      sha256: { ...info.rawFiles, ...info.files },
    },
    versions: toolVersions(),
  };
}

/** An empty run folder with its config in it; the run that was there before becomes `<run>.previous`. */
async function beginFolder(folder: string, config: TrainConfig): Promise<void> {
  const previous = `${folder}.previous`;
  try {
    await mkdir(folder, { recursive: true });
    await rm(previous, { recursive: true, force: true });
    await rename(folder, previous);
    await mkdir(folder);
  } catch (error) {
    throw describeSystemError(error, `starting the run in ${folder}`);
  }
  await writeWhole(join(folder, files.config), `${JSON.stringify(config, null, 2)}\n`);
}

async function writeEpoch(folder: string, report: EpochReport, snapshot: Snapshot, best: boolean): Promise<void> {
  await writeFolder(join(folder, files.last), (draft) => writeModelFiles(draft, snapshot));
  if (best) await writeFolder(join(folder, files.best), (draft) => writeModelFiles(draft, snapshot));
  await appendFile(join(folder, files.metrics), `${JSON.stringify(report)}\n`).catch((error) => {
    throw describeSystemError(error, `writing ${join(folder, files.metrics)}`);
  });
}
