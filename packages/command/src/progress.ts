import { Presets, SingleBar } from 'cli-progress';

/** A progress bar for one long step; a line every few seconds where there is no terminal. */
export interface Progress {
  /** @param done in the unit the bar was started with  @param note what else is worth knowing, at the bar's end */
  update(done: number, note?: string): void;
  stop(): void;
}

/**
 * Starts a progress bar.
 * @param label what is being done
 * @param total how much there is to do
 */
export function startProgress(label: string, total: number): Progress {
  const bar = new SingleBar(
    {
      format: `${label} {bar} {percentage}% · {note}`,
      barsize: 24,
      hideCursor: true,
      noTTYOutput: true,
      notTTYSchedule: 5000,
      etaBuffer: 50,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0, { note: '' });
  return {
    update: (done, note = '') => bar.update(Math.min(done, total), { note }),
    stop: () => bar.stop(),
  };
}
