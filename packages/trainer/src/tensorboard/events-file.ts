import { appendFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeSystemError, shown } from '@mnist-edge/command';
import type { EpochReport } from '../epochs.ts';
import { scalarsEvent, versionEvent } from './event.ts';
import { tfRecord } from './tf-record.ts';

/**
 * Begins a run's events for TensorBoard, with those of the epochs before: a run that goes on writes its file anew, so
 * that epochs that a killed process lost are not there twice. Each further epoch is appended.
 *
 * In place, and not by `writeWhole`: a TensorBoard that watches keeps the file open, and its default loader never sees
 * one that a rename puts there; nor does its other loader go on after a file that was removed (TensorBoard 2.21). An
 * epoch's record has the same length each time, so whoever watches goes on at the right place.
 * `tf.node.summaryFileWriter` is not used: it loses what a killed process had not flushed, cannot take back epochs that
 * are trained again, and needs native TensorFlow.
 * @param folder where the events go; TensorBoard opens it, or any folder above it
 * @returns takes an epoch down
 * @throws {Problem} when the file cannot be written, and so does what is returned
 */
export async function startEvents(
  folder: string,
  before: readonly EpochReport[],
): Promise<(report: EpochReport) => Promise<void>> {
  const now = Date.now() / 1000;
  // An epoch of an earlier process is dated as if that had gone on without a break until now.
  let left = before.reduce((sum, { seconds }) => sum + seconds, 0);
  const records = [tfRecord(versionEvent(now - left))];
  for (const report of before) {
    left -= report.seconds;
    records.push(record(now - left, report));
  }
  const path = await attempt(folder, async () => {
    await mkdir(folder, { recursive: true });
    const existing = (await readdir(folder)).find((name) => name.startsWith('events.out.tfevents.'));
    // Dated, so that a new run of the same name is another file to whoever watches.
    const target = join(folder, existing ?? `events.out.tfevents.${Math.floor(now)}.mnist-edge`);
    await writeFile(target, Buffer.concat(records));
    return target;
  });
  return (report) => attempt(folder, () => appendFile(path, record(Date.now() / 1000, report)));
}

async function attempt<T>(folder: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw describeSystemError(error, `writing ${shown(folder)}`);
  }
}

function record(wallTime: number, report: EpochReport): Uint8Array {
  const scalars = {
    'loss/train': report.train.loss,
    'loss/validation': report.validation.loss,
    'accuracy/train': report.train.accuracy,
    'accuracy/validation': report.validation.accuracy,
    learning_rate: report.learningRate,
    images_per_second: report.imagesPerSecond,
  };
  return tfRecord(scalarsEvent(wallTime, report.epoch, scalars));
}
