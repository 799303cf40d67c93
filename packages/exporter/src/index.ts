export { listFiles, readBundle, writeBundle } from './bundle-folder.ts';
export { exportRun } from './export-run.ts';
export { modelGraph } from './model-graph.ts';
export { makeVariant, type Variant } from './variant.ts';
