import type { EpochReport } from '../epochs.ts';
import { quick } from '../run.fixture.ts';
import type { ObservedRun } from './observed-run.ts';

/** A run's line of metrics; for tests. */
export function epochReport(epoch: number, accuracy: number, loss = 1 - accuracy): EpochReport {
  const score = { images: 100, accuracy, loss };
  return { epoch, train: score, validation: score, seconds: 2, imagesPerSecond: 100 * epoch, learningRate: 0.01 };
}

/** A run of two epochs that came to its end, changed as given; for tests. */
export function observed(changes: Partial<ObservedRun> = {}): ObservedRun {
  return {
    name: 'first',
    config: quick,
    reports: [epochReport(1, 0.5), epochReport(2, 0.9)],
    best: { epoch: 2, validation: { images: 100, accuracy: 0.9, loss: 0.1 } },
    finished: true,
    parameters: 34_994,
    seconds: 125,
    imagesPerSecond: 1234.4,
    test: { images: 100, accuracy: 0.88, loss: 0.2 },
    machine: 'a machine',
    ...changes,
  };
}
