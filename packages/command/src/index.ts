export { type CoreList, parseCores, type Shares, shareCores, stayOn } from './affinity.ts';
export { writeFolder, writeWhole } from './atomic.ts';
export { type LeanConnection, openLean } from './lean-connection.ts';
export { plainName, whole, within } from './options.ts';
export { percent } from './percent.ts';
export { type Progress, startProgress } from './progress.ts';
export { command, run } from './run.ts';
export { describeSystemError } from './system-error.ts';
export { artifacts, shown, workspaceRoot } from './workspace.ts';
