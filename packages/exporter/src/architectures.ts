import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { artifacts, percent } from '@mnist-edge/command';
import { PIXELS } from '@mnist-edge/recognizer';
import { architectures, readMetrics, readRun, runFolder } from '@mnist-edge/trainer';
import * as ort from 'onnxruntime-node';
import { exportRun } from './export-run.ts';
import { multiplyAdds } from './multiply-adds.ts';

/** What is known of one architecture from its finished runs `arch-<model>-<seed>`. */
export interface ArchitectureRow {
  readonly model: string;
  readonly parameters: number;
  readonly multiplyAdds: number;
  /** Test accuracy of each run's kept epoch, lowest first. */
  readonly accuracies: readonly number[];
  /** Validation accuracy of each run's last epoch. */
  readonly lastValidation: readonly number[];
  /** Of the training of a run, median. */
  readonly seconds: number;
  readonly onnxBytes: number;
  /** Median time of one image in onnxruntime-node, one thread. */
  readonly microseconds: number;
}

export const SEEDS = [1, 2, 3] as const;
const RUNS = 2000;

/** Exports a run of each architecture that was trained and measures it; those with no finished run are left out. */
export async function* compareArchitectures(): AsyncGenerator<ArchitectureRow> {
  for (const { name } of architectures) {
    const folders = SEEDS.map((seed) => runFolder(`arch-${name}-${seed}`));
    const finished = folders.filter((folder) => existsSync(join(folder, 'result.json')));
    const [first] = finished;
    if (first === undefined) continue;
    const runs = await Promise.all(finished.map(readRun));
    const last = await Promise.all(finished.map(async (folder) => (await readMetrics(folder)).at(-1)!));
    const folder = artifacts('models', `arch-${name}`);
    const request = { run: first, datasets: artifacts('data'), folder, name: `arch-${name}`, version: '1.0.0' };
    const { bundle } = await exportRun(request);
    const model = await runs[0]!.openModel();
    try {
      yield {
        model: name,
        parameters: runs[0]!.result.parameters,
        multiplyAdds: multiplyAdds(model),
        accuracies: runs.map(({ result }) => result.test.accuracy).sort((a, b) => a - b),
        lastValidation: last.map(({ validation }) => validation.accuracy),
        seconds: median(runs.map(({ result }) => result.seconds)),
        onnxBytes: bundle.files[bundle.model]!.bytes,
        microseconds: await latency(join(folder, bundle.model)),
      };
    } finally {
      model.dispose();
    }
  }
}

async function latency(path: string): Promise<number> {
  const session = await ort.InferenceSession.create(path, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const feeds = { image: new ort.Tensor('float32', new Float32Array(PIXELS), [1, 28, 28, 1]) };
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const started = performance.now();
    await session.run(feeds, ['logits']);
    times.push(1000 * (performance.now() - started));
  }
  await session.release();
  return median(times);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

/** The rows as a table in Markdown. */
export function architectureTable(rows: readonly ArchitectureRow[]): string {
  const whole = (value: number) => Math.round(value).toLocaleString('en');
  const lines = rows.map((row) => {
    const { accuracies } = row;
    const spread = `${percent(accuracies[0]!)} – ${percent(accuracies.at(-1)!)}`;
    const cells = [
      row.model,
      whole(row.parameters),
      whole(row.multiplyAdds),
      `${percent(median(accuracies))} (${spread}, ${accuracies.length} seeds)`,
      percent(row.lastValidation.reduce((sum, each) => sum + each, 0) / row.lastValidation.length),
      whole(row.seconds),
      whole(row.onnxBytes),
      whole(row.microseconds),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| model | parameters | multiply-adds | test accuracy, median | validation, last epoch, mean | s to train | ONNX bytes | µs an image |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...lines,
  ].join('\n');
}
