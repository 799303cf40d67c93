import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochReport } from '../epochs.ts';
import { scalarsEvent, versionEvent } from './event.ts';
import { tfRecord } from './tf-record.ts';

/**
 * Begins a run's events for TensorBoard, with those of the epochs before; what was there is replaced, so that epochs
 * that a killed run lost are not there twice. Each further epoch is appended, so that TensorBoard can watch.
 * @param folder where the events go; TensorBoard opens it, or any folder above it
 * @returns takes an epoch down
 */
export async function startEvents(
  folder: string,
  before: readonly EpochReport[],
): Promise<(report: EpochReport) => Promise<void>> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const now = Date.now() / 1000;
  const path = join(folder, `events.out.tfevents.${Math.floor(now)}.mnist-edge`);
  // An epoch of an earlier process is dated as if that had gone on without a break until now.
  let left = before.reduce((sum, { seconds }) => sum + seconds, 0);
  const records = [tfRecord(versionEvent(now - left))];
  for (const report of before) {
    left -= report.seconds;
    records.push(record(now - left, report));
  }
  await writeFile(path, Buffer.concat(records));
  return (report) => appendFile(path, record(Date.now() / 1000, report));
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
