import type { Split } from '@mnist-edge/data';
import { type Score, scoreNames, scores } from '@mnist-edge/recognizer';
import { auroc } from './auroc.ts';
import type { OpenModel } from './open-model.ts';
import type { Others } from './others.ts';

/** Share of the validation digits that a threshold may refuse, and pictures of each drawn kind, unless told otherwise. */
export const REFUSED = 0.008;
export const PICTURES = 1000;

/** How well one score tells one kind of picture from digits. */
export interface Apart {
  readonly kind: string;
  readonly images: number;
  /** By score. */
  readonly auroc: Readonly<Record<Score, number>>;
  /** The share that is rejected by score when `refused` of the validation digits are. */
  readonly rejected: Readonly<Record<Score, number>>;
}

export interface RejectionReport {
  readonly model: string;
  readonly version: string;
  readonly digits: number;
  /** Share of the validation digits that each threshold refuses. */
  readonly refused: number;
  readonly thresholds: Readonly<Record<Score, number>>;
  readonly kinds: readonly Apart[];
  /** The score whose threshold rejects the most, on average over the kinds that may be looked at for a choice. */
  readonly best: Score;
}

/**
 * Measures every score on validation digits against pictures that are none.
 * @param refused share of the digits that may be taken for none
 * @param choosable kinds that the choice of a score may look at; the others are for the report only
 */
export async function measureRejection(
  model: OpenModel,
  digits: Split,
  others: readonly Others[],
  refused: number,
  choosable: (kind: string) => boolean,
): Promise<RejectionReport> {
  const { bundle } = model.recognizer;
  const scoresOf = async (images: Uint8Array): Promise<Record<Score, number[]>> => {
    const logits = await model.answer(images);
    const classes = bundle.labels.length;
    const rows = Array.from({ length: logits.length / classes }, (_, i) =>
      logits.subarray(i * classes, (i + 1) * classes),
    );
    return byScore((score) => rows.map((row) => scores[score](row, bundle.temperature)));
  };
  const ofDigits = await scoresOf(digits.images);
  const thresholds = byScore((score) => quantile(ofDigits[score], refused));
  const kinds: Apart[] = [];
  for (const { name, images } of others) {
    const found = await scoresOf(images);
    kinds.push({
      kind: name,
      images: found.logit.length,
      auroc: byScore((score) => auroc(ofDigits[score], found[score])),
      rejected: byScore(
        (score) => found[score].filter((value) => value < thresholds[score]).length / found[score].length,
      ),
    });
  }
  const looked = kinds.filter(({ kind }) => choosable(kind));
  const mean = (score: Score) => looked.reduce((sum, row) => sum + row.rejected[score], 0) / looked.length;
  const best = scoreNames.reduce((a, b) => (mean(b) > mean(a) ? b : a));
  return { model: bundle.name, version: bundle.version, digits: digits.count, refused, thresholds, kinds, best };
}

function byScore<Value>(of: (score: Score) => Value): Record<Score, Value> {
  return Object.fromEntries(scoreNames.map((score) => [score, of(score)])) as Record<Score, Value>;
}

/** The value that a share of the values lies below. */
function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(share * values.length)]!;
}
