import type { TrainConfig } from './config.ts';

/** Share of a one-cycle run spent warming up. */
const WARM_UP = 0.25;
/** The one-cycle schedule starts at this share of the peak… */
const START = 1 / 10;
/** …and ends at this share, so that the last steps only polish. */
const END = 1 / 1000;

/**
 * The learning rate of a step.
 * `cosine` falls from the peak to a thousandth along half a cosine (Loshchilov & Hutter 2017, without restarts).
 * `one-cycle` rises from a tenth of the peak to the peak and falls to a thousandth, both along half a cosine
 * (Smith & Topin 2018, "Super-Convergence"; cosine legs as in fast.ai and PyTorch).
 * @param step 0-based @param steps of the whole run
 */
export function learningRate(config: TrainConfig, step: number, steps: number): number {
  const done = steps <= 1 ? 1 : step / (steps - 1);
  switch (config.schedule) {
    case 'constant':
      return config.learningRate;
    case 'cosine':
      return config.learningRate * cosineBetween(1, END, done);
    case 'one-cycle':
      return done < WARM_UP
        ? config.learningRate * cosineBetween(START, 1, done / WARM_UP)
        : config.learningRate * cosineBetween(1, END, (done - WARM_UP) / (1 - WARM_UP));
  }
}

function cosineBetween(from: number, to: number, share: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;
}
