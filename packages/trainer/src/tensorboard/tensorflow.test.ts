import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { environmentPython, thisCheckout } from '@mnist-edge/tools';
import { expect, onTestFinished, test } from 'vitest';
import { startBackend } from '../backend.ts';
import { quick, smallDataset } from '../run.fixture.ts';
import { files, readMetrics } from '../run-folder.ts';
import { trainRun } from '../train-run.ts';

/** TensorFlow's own reader, which checks the checksums; TensorBoard itself is not in the environment since 2.21. */
const script = `
import glob, json, sys
import tensorflow as tf
points = []
for path in glob.glob(sys.argv[1] + '/*tfevents*'):
    for event in tf.compat.v1.train.summary_iterator(path):
        if event.HasField('file_version'): points.append([event.file_version])
        for value in event.summary.value: points.append([event.step, value.tag, value.simple_value])
print(json.dumps(points))
`;

test('TensorFlow reads the events of a run that was stopped and resumed: each epoch once, as in its metrics', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mnist-edge-tensorflow-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const dataset = join(folder, 'synthetic');
  await smallDataset(dataset, 300);
  const run = join(folder, 'run');
  const request = { config: { ...quick, epochs: 3 }, backend: await startBackend(), dataset, folder: run };
  const stop = new AbortController();
  await trainRun({ ...request, signal: stop.signal, onEpoch: () => stop.abort() });
  await trainRun({ ...request, resume: true });

  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' };
  const python = environmentPython(thisCheckout);
  const { stdout } = await promisify(execFile)(python, ['-B', '-c', script, join(run, files.events)], { env });
  const points = JSON.parse(stdout.trim().split('\n').at(-1)!) as unknown[];
  const expected = (await readMetrics(run)).flatMap(({ epoch, train, validation, learningRate, imagesPerSecond }) => [
    [epoch, 'loss/train', Math.fround(train.loss)],
    [epoch, 'loss/validation', Math.fround(validation.loss)],
    [epoch, 'accuracy/train', Math.fround(train.accuracy)],
    [epoch, 'accuracy/validation', Math.fround(validation.accuracy)],
    [epoch, 'learning_rate', Math.fround(learningRate)],
    [epoch, 'images_per_second', Math.fround(imagesPerSecond)],
  ]);
  expect(expected).toHaveLength(18);
  expect(points).toEqual([['brain.Event:2'], ...expected]);
});
