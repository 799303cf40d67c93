export { type Backend, startBackend } from './backend.ts';
export type { TrainConfig } from './config.ts';
export { type EpochReport, evaluate, predict, type StepReport, type Training, trainEpochs } from './epochs.ts';
export { openModelFiles } from './model-files.ts';
export type { Architecture } from './models/architecture.ts';
export { architectures, findArchitecture } from './models/index.ts';
export { type Run, type RunResult, readRun, runFolder } from './run-folder.ts';
export { crossEntropy, type Score, score } from './score.ts';
export { trainRun } from './train-run.ts';
