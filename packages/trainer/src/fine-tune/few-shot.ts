import type { TrainConfig } from '../config.ts';
import type { Score } from '../score.ts';
import { type Spread, spread } from '../spread.ts';

/** One way to train: fresh weights, or trained ones of which some layers are frozen. */
export interface Setting {
  readonly start: 'scratch' | 'fine-tuned';
  readonly learningRate: number;
  readonly freeze: number;
}

/** What a run of one setting with one seed came to. */
export interface Trial {
  readonly setting: Setting;
  readonly seed: number;
  readonly validation: Score;
  readonly test: Score;
}

export interface Row {
  readonly setting: Setting;
  readonly validation: Spread;
  readonly test: Spread;
  /** True of the setting with the highest median validation accuracy among those of the same start. */
  readonly chosen: boolean;
}

/** Every setting to try: from scratch at each learning rate, fine-tuned at each with each number of frozen layers. */
export function settings(learningRates: readonly number[], freezes: readonly number[]): Setting[] {
  const scratch = learningRates.map((learningRate) => ({ start: 'scratch', learningRate, freeze: 0 }) as const);
  const tuned = learningRates.flatMap((learningRate) =>
    freezes.map((freeze) => ({ start: 'fine-tuned', learningRate, freeze }) as const),
  );
  return [...scratch, ...tuned];
}

/** The config of a trial. `base` names the trained weights; from scratch it is the same but for them. */
export function trialConfig(base: TrainConfig, { start, learningRate, freeze }: Setting, seed: number): TrainConfig {
  const config = { ...base, learningRate, seed };
  if (start === 'fine-tuned') return { ...config, freeze };
  const { from: _, fromSha256: __, freeze: ___, ...fresh } = config;
  return fresh;
}

/** A row a setting, in their order. Validation alone decides which is chosen; test accuracy is there to report. */
export function summarize(trials: readonly Trial[]): Row[] {
  const settings = [...new Set(trials.map(({ setting }) => setting))];
  const rows = settings.map((setting) => {
    const own = trials.filter((trial) => trial.setting === setting);
    return {
      setting,
      validation: spread(own.map((trial) => trial.validation.accuracy)),
      test: spread(own.map((trial) => trial.test.accuracy)),
    };
  });
  return rows.map((row) => {
    const rivals = rows.filter(({ setting }) => setting.start === row.setting.start);
    const best = rivals.reduce((a, b) => (b.validation.median > a.validation.median ? b : a));
    return { ...row, chosen: row === best };
  });
}

/** By how much the test accuracy of one setting is above another's, seed by seed, where both have been tried. */
export function gains(trials: readonly Trial[], above: Setting, below: Setting): number[] {
  return trials
    .filter(({ setting }) => setting === above)
    .flatMap(({ seed, test }) => {
      const other = trials.find((trial) => trial.setting === below && trial.seed === seed);
      return other === undefined ? [] : [test.accuracy - other.test.accuracy];
    });
}
