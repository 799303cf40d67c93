import { Problem } from '@mnist-edge/recognizer';
import { InvalidArgumentError } from 'commander';
import { augmentation } from './augmentation.ts';

/** A command line's parser for an augmentation's description, which it gives back as it is. */
export function augmentationOption(value: string): string {
  try {
    augmentation(value);
    return value;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new InvalidArgumentError(error.message);
  }
}
