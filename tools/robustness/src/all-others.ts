import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { datasetFolder, readSplit } from '@mnist-edge/data';
import { handwrittenOthers } from './handwritten.ts';
import { drawOthers, type Others } from './others.ts';

/** Clothes, for the report only: they have no say in any choice. */
export const FASHION = 'Fashion-MNIST';

/**
 * Pictures of every kind that are no digits.
 * @param count pictures of each drawn kind
 * @param own the dataset that the model was trained on; Fashion-MNIST is among the kinds where it is prepared and not that
 */
export async function allOthers(count: number, own: string): Promise<Others[]> {
  const folder = datasetFolder('fashion-mnist');
  const prepared = own !== 'fashion-mnist' && existsSync(join(folder, 'dataset.json'));
  const fashion = prepared ? [{ name: FASHION, images: (await readSplit(folder, 'test')).images }] : [];
  return [...drawOthers(count), ...(await handwrittenOthers()), ...fashion];
}
