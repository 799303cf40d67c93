import { percent } from '@mnist-edge/command';
import type { Text } from '@mnist-edge/report';
import type { ObservedRun } from './observed-run.ts';

/** One property of all runs, side by side. */
export interface Row {
  readonly property: Text;
  /** In the order of the runs; `–` for what is not known. */
  readonly values: readonly Text[];
}

export interface Comparison {
  readonly runs: readonly string[];
  readonly results: readonly Row[];
  /** The settings that are not the same for all runs, by their names in config.json. */
  readonly differences: readonly Row[];
}

const UNKNOWN = '–';

/** Puts runs side by side, in the order given. */
export function compareRuns(runs: readonly ObservedRun[]): Comparison {
  const row = (en: string, zh: string, value: (run: ObservedRun) => Text | string | undefined): Row => ({
    property: { en, zh },
    values: runs.map((run) => inBoth(value(run) ?? UNKNOWN)),
  });
  const results = [
    row('model', '模型', ({ config }) => config.model),
    row('parameters', '参数量', ({ parameters }) => parameters?.toLocaleString('en')),
    row('epochs', '训练轮数', epochs),
    row('best validation accuracy', '最高验证准确率', ({ best }) => best && percent(best.validation.accuracy)),
    row('its epoch', '所在轮次', ({ best }) => best?.epoch.toString()),
    row('test accuracy', '测试准确率', ({ test }) => test && percent(test.accuracy)),
    row('images/s', '图像/秒', ({ imagesPerSecond: speed }) =>
      speed === undefined ? undefined : Math.round(speed).toLocaleString('en'),
    ),
    row('time', '用时', ({ seconds }) => (seconds === undefined ? undefined : duration(seconds))),
  ];
  const machines = row('machine', '机器', ({ machine }) => machine);
  // Speeds of two machines side by side would say something else than they seem to.
  return {
    runs: runs.map(({ name }) => name),
    results: allSame(machines) ? results : [...results, machines],
    differences: differences(runs),
  };
}

function differences(runs: readonly ObservedRun[]): Row[] {
  // The model has a row of its own.
  const settings = new Set(runs.flatMap(({ config }) => Object.keys(config)).filter((setting) => setting !== 'model'));
  return [...settings]
    .map((setting): Row => {
      const values = runs.map(({ config }) => config[setting as keyof typeof config]?.toString() ?? UNKNOWN);
      return { property: inBoth(setting), values: values.map(inBoth) };
    })
    .filter((row) => !allSame(row));
}

function allSame({ values }: Row): boolean {
  return values.every((value) => value.en === values[0]?.en);
}

function epochs({ reports, config, finished }: ObservedRun): Text {
  const [done, planned] = [reports.length, config.epochs];
  if (done === planned) return inBoth(String(done));
  if (finished) return { en: `${done} of ${planned}, by patience`, zh: `${done} / ${planned}，提前停止` };
  return { en: `${done} of ${planned} so far`, zh: `${done} / ${planned}，未结束` };
}

/** @param seconds at least 0 */
export function duration(seconds: number): Text {
  const rounded = Math.round(seconds);
  const [hours, minutes] = [Math.floor(rounded / 3600), Math.floor(rounded / 60) % 60];
  if (hours > 0) return { en: `${hours} h ${minutes} min`, zh: `${hours} 小时 ${minutes} 分` };
  if (minutes > 0) return { en: `${minutes} min ${rounded % 60} s`, zh: `${minutes} 分 ${rounded % 60} 秒` };
  return { en: `${rounded} s`, zh: `${rounded} 秒` };
}

function inBoth(value: Text | string): Text {
  return typeof value === 'string' ? { en: value, zh: value } : value;
}
