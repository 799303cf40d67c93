import { resolve } from 'node:path';
import { command, shown, workspaceRoot, writeWhole } from '@mnist-edge/command';
import { datasetFolder, readSplit, testLabelErrorsOf } from '@mnist-edge/data';
import { modelCard } from '@mnist-edge/exporter/model-card';
import { readSeedRuns } from '@mnist-edge/trainer/seeds-file';
import { allOthers } from './all-others.ts';
import { measuredSections } from './card.ts';
import { measureVisibly } from './measure.ts';
import { mistakesPicture } from './mistakes-picture.ts';
import { openModel } from './open-model.ts';
import { measureRejection, PICTURES, REFUSED } from './rejection.ts';
import { testReport } from './test-report.ts';

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
        robustness: await measureVisibly(open, test, 'test', model),
        against:
          against === undefined
            ? null
            : await measureVisibly(await openModel(resolve(workspaceRoot, against)), test, 'test', against),
        rejection: await measureRejection(open, validation, await allOthers(PICTURES, own), REFUSED, () => true),
        seeds: await readSeedRuns(folder, bundle),
      };
      await writeWhole(resolve(folder, PICTURE), await mistakesPicture(report.mistakes, test.images, bundle.labels));
      const card = resolve(folder, 'README.md');
      await writeWhole(card, modelCard(bundle, measuredSections(bundle, measured, PICTURE)));
      say(`${shown(card)} has it all now.`);
    });
}
