import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { artifacts, command, percent, shown, whole, within, workspaceRoot, writeWhole } from '@mnist-edge/command';
import { datasetFolder, readSplit, type Split } from '@mnist-edge/data';
import { PIXELS, scoreNames } from '@mnist-edge/recognizer';
import { Option } from 'commander';
import { allOthers, FASHION } from './all-others.ts';
import { cardCommand } from './card-command.ts';
import { SEVERITIES } from './corruptions.ts';
import { measureVisibly, type Robustness } from './measure.ts';
import { type OpenModel, openModel } from './open-model.ts';
import { measureRejection, PICTURES, REFUSED } from './rejection.ts';
import { table } from './table.ts';

type Say = (text: string) => void;

/** The command line of this tool. */
export function robustnessCommand(say: Say): ReturnType<typeof command> {
  const program = command('robustness', 'How a released model does on spoilt digits, and on what is no digit.');
  program.addCommand(
    command('run', 'Accuracy on digits spoilt in many ways, at five severities each.')
      .option('--model <folder>', 'a model bundle, from the checkout’s root', 'models/digits')
      .option('--against <folder>', 'another bundle to compare with')
      .addOption(
        new Option('--split <name>', 'which images; test only to report')
          .choices(['validation', 'test'])
          .default('validation'),
      )
      .option('--images <n>', 'the first so many images of the split; 0 for all', whole(0), 1000)
      .option('--out <file>', 'where the figures go as JSON (default: .artifacts/robustness/<model>.json)')
      .action((options: RunOptions) => runFamilies(options, say)),
  );
  program.addCommand(
    command('rejection', 'How well a model’s scores tell digits from what is no digit.')
      .option('--model <folder>', 'a model bundle, from the checkout’s root', 'models/digits')
      .option(
        '--refused <share>',
        'share of the validation digits that a threshold may refuse',
        within(0, 0.5),
        REFUSED,
      )
      .option('--images <n>', 'pictures of each drawn kind', whole(50, 10_000), PICTURES)
      .option('--out <file>', 'where the figures go as JSON (default: .artifacts/robustness/<model>-rejection.json)')
      .option('--write', 'put the best score and its threshold into the bundle, which then rejects by them')
      .action((options: RejectionOptions) => runRejection(options, say)),
  );
  return program.addCommand(cardCommand(say));
}

interface RunOptions {
  readonly model: string;
  readonly against?: string;
  readonly split: 'validation' | 'test';
  readonly images: number;
  readonly out?: string;
}

interface RejectionOptions {
  readonly model: string;
  readonly refused: number;
  readonly images: number;
  readonly out?: string;
  readonly write?: true;
}

const fromRoot = (path: string) => resolve(workspaceRoot, path);

async function runFamilies({ model, against, split, images, out }: RunOptions, say: Say): Promise<void> {
  const folders = [model, ...(against === undefined ? [] : [against])];
  const found: Robustness[] = [];
  for (const folder of folders) {
    const open = await openModel(fromRoot(folder));
    const all = await readSplit(datasetFolder(open.recognizer.bundle.training.dataset.name), split);
    found.push(await measureVisibly(open, first(all, images), split, folder));
  }
  const path = out === undefined ? artifacts('robustness', `${found[0]!.model}.json`) : fromRoot(out);
  await writeWhole(path, `${JSON.stringify(found, null, 2)}\n`);
  for (const one of found) say(describe(one));
  const [ours, theirs] = found;
  if (theirs !== undefined) say(compare(ours!, theirs, model, against!));
  say(`${shown(path)} has the figures.\n`);
}

/** The first so many images of a split. */
export function first(split: Split, images: number): Split {
  const count = images === 0 ? split.count : Math.min(images, split.count);
  return { count, images: split.images.subarray(0, count * PIXELS), labels: split.labels.subarray(0, count) };
}

function describe({ model, version, split, images, clean, rows, ...sums }: Robustness): string {
  const cells = rows.map(({ family, trained, accuracy, mean }) => [
    family,
    trained ? 'yes' : 'never',
    ...accuracy.map((share) => percent(share)),
    percent(mean),
  ]);
  const untrained = sums.untrained === null ? '' : `, over those never trained on ${percent(sums.untrained)}`;
  return (
    `\n${model} ${version}, ${images} ${split} images, ${percent(clean)} of them right when clean.\n\n` +
    `${table(['family', 'trained on', ...SEVERITIES.map((severity) => `severity ${severity}`), 'mean'], cells)}\n\n` +
    `Mean over the families ${percent(sums.mean)}${untrained}; the lowest at the middle severity ${percent(sums.lowestMiddle)}.\n`
  );
}

function compare(ours: Robustness, theirs: Robustness, model: string, against: string): string {
  const cells = ours.rows.map(({ family, mean }, i) => {
    const other = theirs.rows[i]!.mean;
    return [
      family,
      percent(mean),
      percent(other),
      `${mean >= other ? '+' : '−'}${(100 * Math.abs(mean - other)).toFixed(2)}`,
    ];
  });
  return `${table(['family, mean of five severities', model, against, 'points'], cells)}\n`;
}

async function runRejection({ model, refused, images, out, write }: RejectionOptions, say: Say): Promise<void> {
  const open = await openModel(fromRoot(model));
  const { bundle } = open.recognizer;
  const digits = await readSplit(datasetFolder(bundle.training.dataset.name), 'validation');
  const others = await allOthers(images, bundle.training.dataset.name);
  const hasFashion = others.some(({ name }) => name === FASHION);
  // What is for the report only has no say in which score is the best.
  const report = await measureRejection(open, digits, others, refused, (kind) => kind !== FASHION);
  const path = out === undefined ? artifacts('robustness', `${bundle.name}-rejection.json`) : fromRoot(out);
  await writeWhole(path, `${JSON.stringify(report, null, 2)}\n`);
  say(
    `\n${report.model} ${report.version}: AUROC of each score, ${report.digits} validation digits against what is no digit;\n` +
      `in brackets the share that is rejected when ${percent(refused, 1)} of the digits are.\n\n` +
      table(
        ['no digit', 'images', ...scoreNames],
        report.kinds.map((row) => [
          row.kind,
          String(row.images),
          ...scoreNames.map((score) => `${row.auroc[score].toFixed(4)} (${percent(row.rejected[score], 0)})`),
        ]),
      ) +
      `\n\nThe best over all but ${FASHION}: ${report.best}, threshold ${report.thresholds[report.best].toPrecision(4)}.` +
      ` The bundle says: ${says(open)}.\n${!hasFashion ? `No ${FASHION} here: npx nx run data:prepare:fashion-mnist\n` : ''}` +
      `${shown(path)} has the figures.\n`,
  );
  if (write === true) {
    const bundlePath = join(fromRoot(model), 'bundle.json');
    // Rounded down, so that no more digits are refused than were asked for.
    const rejection = { score: report.best, threshold: Math.floor(1000 * report.thresholds[report.best]) / 1000 };
    const json: object = JSON.parse(await readFile(bundlePath, 'utf8'));
    await writeWhole(bundlePath, `${JSON.stringify({ ...json, rejection }, null, 2)}\n`);
    say(`${shown(bundlePath)} now says so.\n`);
  }
}

function says({ recognizer: { bundle } }: OpenModel): string {
  return bundle.rejection === undefined
    ? `probability, ${bundle.rejectionThreshold}`
    : `${bundle.rejection.score}, ${bundle.rejection.threshold}`;
}
