export { type Augment, augmentation, augmentationGrammar } from './augment/augmentation.ts';
export { type DatasetInfo, datasetFolder, readDatasetInfo, readSplit, type Split, type SplitName } from './dataset.ts';
export { prepareSynthetic } from './prepare-synthetic.ts';
export { createRandom, type Random } from './random.ts';
export { drawDigits } from './synthetic.ts';
