import { Problem } from '@mnist-edge/recognizer';

/** The label of an image that belongs to no class, which the net should find all of them equally likely for. */
export const NO_CLASS = 255;

/**
 * How many images of no class an epoch has, so that a net learns to be unsure of what is none of its classes (outlier
 * exposure: Hendrycks, Mazeika and Dietterich, "Deep Anomaly Detection with Outlier Exposure", ICLR 2019).
 * @param share of the training images' number, from 0
 * @param classes of the dataset
 * @throws {Problem} for a dataset whose labels leave no room for a mark of no class
 */
export function outliersPerEpoch(share: number, images: number, classes: number): number {
  const outliers = Math.round(share * images);
  if (outliers > 0 && classes > NO_CLASS) {
    throw new Problem(
      `--outliers ${share}: a dataset with ${classes} classes leaves no label for images of no class. Leave the option out.`,
    );
  }
  return outliers;
}
