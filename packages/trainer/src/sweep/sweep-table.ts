import { percent } from '@mnist-edge/command';
import { textTable } from '../compare/text-table.ts';
import type { Sweep } from './sweep.ts';
import { type Plan, trialName } from './sweep-folder.ts';

/** The trials, the best validation first, with the settings in which they differ; an asterisk at the one to take. */
export function sweepTable({ configs }: Plan, { standings, best }: Sweep): string {
  const names = (Object.keys(Object.assign({}, ...configs)) as (keyof (typeof configs)[number])[]).filter(
    (name) => new Set(configs.map((config) => config[name])).size > 1,
  );
  const rows = standings.map(({ trial, epochs, validation }) => [
    `${trialName(trial)}${trial === best?.trial ? ' *' : ''}`,
    percent(validation.accuracy),
    validation.loss.toFixed(4),
    String(epochs),
    ...names.map((name) => String(configs[trial]![name] ?? '–')),
  ]);
  return textTable([['trial', 'validation accuracy', 'loss', 'epochs', ...names], ...rows]);
}
