export { type Broken, findBroken } from './audit/broken.ts';
export { findLabelErrors, type Suspect } from './audit/confident-learning.ts';
export { type Copies, findCopies, findNearCopies, type NearCopy } from './audit/duplicates.ts';
export { type Augment, augmentation, augmentationGrammar, kindsOf } from './augment/augmentation.ts';
export { augmentationOption } from './augment/augmentation-option.ts';
export {
  type DatasetInfo,
  datasetFolder,
  readDatasetInfo,
  readSplit,
  type Split,
  type SplitName,
  splitNames,
} from './dataset.ts';
export { drawNonDigit, type NonDigit, nonDigitNames, nonDigits } from './non-digits.ts';
export { prepareSynthetic } from './prepare-synthetic.ts';
export { createRandom, type Random } from './random.ts';
export { drawDigits } from './synthetic.ts';
export { type TestLabelErrors, testLabelErrorsOf } from './test-label-errors.ts';
