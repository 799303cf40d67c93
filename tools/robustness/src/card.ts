import { percent } from '@mnist-edge/command';
import type { Bundle } from '@mnist-edge/recognizer';
import { seedSpread } from '@mnist-edge/trainer/seed-spread';
import type { SeedRun } from '@mnist-edge/trainer/seeds-file';
import { SEVERITIES } from './corruptions.ts';
import type { Robustness } from './measure.ts';
import type { RejectionReport } from './rejection.ts';
import { table } from './table.ts';
import type { TestReport } from './test-report.ts';

/** All that is measured of a released model. */
export interface Measured {
  readonly test: TestReport;
  /** On test images. */
  readonly robustness: Robustness;
  /** Another model on the same images. */
  readonly against: Robustness | null;
  readonly rejection: RejectionReport;
  /** The same recipe with several seeds, the model's own among them. */
  readonly seeds: readonly SeedRun[];
}

/** The part of a model card that is measured, in Markdown. */
export function measuredSections(bundle: Bundle, measured: Measured, picture: string): string {
  const { test, robustness, against, rejection, seeds } = measured;
  const score = bundle.rejection?.score ?? 'probability';
  return `${seedWords(seeds, bundle.training.seed)}## By class, and how far its probabilities can be believed

${table(
  ['class', 'test images', 'precision', 'recall'],
  test.classes.map(({ images, precision, recall }, i) => [
    bundle.labels[i]!,
    String(images),
    orDash(precision),
    orDash(recall),
  ]),
)}

The probabilities it gives, the temperature applied, have an expected calibration error of ${percent(test.calibrationError)} (15 bins of
equal width) and a negative log-likelihood of ${test.negativeLogLikelihood.toFixed(4)} on the test images. The threshold refuses ${percent(test.rejected)} of them.

## What it gets wrong

![${test.mistakes.length} images, each with its label and the answer](${picture})

The ${test.mistakes.length} of ${test.images.toLocaleString('en')} test images with a wrong answer, the surest first: what each is said to be, and the answer.
${disputedWords(test)}
## On digits that were spoilt

${robustness.images.toLocaleString('en')} test images, spoilt in ways that are defined in \`tools/robustness\`; accuracy at five severities.

${table(
  [
    'family',
    'trained on',
    ...SEVERITIES.map((severity) => `severity ${severity}`),
    'mean',
    ...(against === null ? [] : [against.model]),
  ],
  robustness.rows.map(({ family, trained, accuracy, mean }, i) => [
    family,
    trained ? 'yes' : 'never',
    ...accuracy.map((share) => percent(share)),
    percent(mean),
    ...(against === null ? [] : [percent(against.rows[i]!.mean)]),
  ]),
)}

Mean over the families ${percent(robustness.mean)}${robustness.untrained === null ? '' : `, over those never trained on ${percent(robustness.untrained)}`}; the lowest at the middle severity ${percent(robustness.lowestMiddle)}.${
    against === null
      ? ''
      : `\nThe last column is the mean of \`${against.model}\`, trained on the same dataset; its mean over the families is ${percent(against.mean)}.`
  }

## On what is no digit

AUROC of the score that it decides by (\`${score}\`): ${rejection.digits.toLocaleString('en')} validation digits against pictures of each kind; and the share of these
that is refused when ${percent(rejection.refused, 1)} of the digits are. Kinds from \`letter\` to \`noise\` are those that a net trained with outliers has seen,
drawn anew; those after them it has not.

${table(
  ['no digit', 'images', 'AUROC', 'refused'],
  rejection.kinds.map(({ kind, images, auroc, rejected }) => [
    kind,
    String(images),
    auroc[score].toFixed(4),
    percent(rejected[score], 1),
  ]),
)}
`;
}

function seedWords(seeds: readonly SeedRun[], own: number): string {
  if (seeds.length < 2) return '';
  const [validation, test] = (['validation', 'test'] as const).map((split) => seeds.map((run) => run[split].accuracy));
  const row = (split: string, values: readonly number[]) => {
    const { mean, deviation, median, lowest, highest } = seedSpread(values);
    const range = `${percent(lowest)} to ${percent(highest)}`;
    return [split, percent(mean, 3), percent(deviation, 3), percent(median, 3), range];
  };
  return `## With other seeds

The same recipe, trained with seeds ${seeds.map(({ seed }) => seed).join(', ')} (\`npx nx run trainer:seeds\`; each run is in \`seeds.json\`):

${table(['split', 'mean accuracy', 'standard deviation', 'median', 'range'], [row('validation', validation!), row('test', test!)])}

${choiceWords(seeds, own)}`;
}

/** A model that was picked among several is not what its recipe gives. */
function choiceWords(seeds: readonly SeedRun[], own: number): string {
  const best = Math.max(...seeds.map(({ validation }) => validation.accuracy));
  if (seeds.find(({ seed }) => seed === own)?.validation.accuracy !== best) return '';
  return `This model is that of seed ${own}; none was more accurate on validation images. What the recipe gives is the mean.

`;
}

function orDash(share: number | null): string {
  return share === null ? '–' : percent(share);
}

function disputedWords({ disputed, accuracy }: TestReport): string {
  if (disputed === null) return '';
  return `
The labels of test images ${disputed.images.join(', ')} are wrong
in the eyes of most people (Northcutt, Athalye, Mueller, 2021). Without these ${disputed.images.length} the accuracy is ${percent(disputed.accuracy)} instead of ${percent(accuracy)}.
`;
}
