import { resolve } from 'node:path';
import { command, shown, startProgress, workspaceRoot, writeWhole } from '@mnist-edge/command';
import { datasetFolder, readSplit, type Split, testLabelErrorsOf } from '@mnist-edge/data';
import { modelCard } from '@mnist-edge/exporter/model-card';
import { allOthers } from './all-others.ts';
import { measuredSections } from './card.ts';
import { families } from './corruptions.ts';
import { measure, type Robustness } from './measure.ts';
import { mistakesPicture } from './mistakes-picture.ts';
import { type OpenModel, openModel } from './open-model.ts';
import { measureRejection } from './rejection.ts';
import { testReport } from './test-report.ts';

/** Pictures of each drawn kind, and the share of the digits that may be refused: as `rejection` has them. */
const PICTURES = 1000;
const REFUSED = 0.008;
const PICTURE = 'mistakes.svg';

/** `card`: measures a released model on its test images, and writes its model card. */
export function cardCommand(say: (text: string) => void): ReturnType<typeof command> {
  return command('card', 'Measures a released model on its test images, and writes what it finds into its model card.')
    .option('--model <folder>', 'a model bundle, from the checkout’s root', 'models/digits')
    .option('--against <folder>', 'another bundle, to be set beside it on spoilt digits')
    .action(async ({ model, against }: { model: string; against?: string }) => {
      const folder = resolve(workspaceRoot, model);
      const open = await openModel(folder);
      const { bundle } = open.recognizer;
      const own = bundle.training.dataset.name;
      const [test, validation] = [
        await readSplit(datasetFolder(own), 'test'),
        await readSplit(datasetFolder(own), 'validation'),
      ];
      const report = testReport(bundle, await open.answer(test.images), test.labels, testLabelErrorsOf(own));
      const measured = {
        test: report,
        robustness: await spoil(open, test, model),
        against:
          against === undefined ? null : await spoil(await openModel(resolve(workspaceRoot, against)), test, against),
        rejection: await measureRejection(open, validation, await allOthers(PICTURES, own), REFUSED, () => true),
      };
      await writeWhole(resolve(folder, PICTURE), await mistakesPicture(report.mistakes, test.images, bundle.labels));
      const card = resolve(folder, 'README.md');
      await writeWhole(card, modelCard(bundle, measuredSections(bundle, measured, PICTURE)));
      say(`${shown(card)} has it all now.`);
    });
}

async function spoil(open: OpenModel, test: Split, folder: string): Promise<Robustness> {
  const bar = startProgress(folder, families.length);
  const found = await measure(open, test, 'test', (done, note) => bar.update(done, note));
  bar.stop();
  return found;
}
