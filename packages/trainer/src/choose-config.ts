import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Problem } from '@mnist-edge/recognizer';
import { parseConfig, type TrainConfig } from './config.ts';
import { findSource } from './fine-tune/source.ts';
import { findArchitecture } from './models/index.ts';
import { readConfig } from './run-folder.ts';

/** Where settings that were not given come from: a file, or a run that is gone on with. */
type Source = { readonly file?: string | undefined } | { readonly resume: string };

/**
 * The config of a run: what was given, before what the file says, before the recipe of the model, which is that of the
 * trained weights where the run starts from such. A run that is gone on with keeps its own.
 * @throws {Problem} when the file cannot be read or holds no such settings, or a setting that was given is not the run's
 */
export async function chooseConfig(given: Partial<TrainConfig>, source: Source): Promise<TrainConfig> {
  if ('resume' in source) return same(given, await readConfig(source.resume));
  const file = source.file === undefined ? {} : await readSettings(source.file);
  const settings: Record<string, unknown> = { dataset: 'mnist', seed: 1, ...file, ...given };
  // A hash in a file is of the weights that the file names.
  if (given.from !== undefined) delete settings.fromSha256;
  if (given.teacher !== undefined) delete settings.teacherSha256;
  const origin = typeof settings.from === 'string' ? await findSource(settings.from) : undefined;
  const from = origin === undefined ? {} : { from: origin.name };
  const chosen = { model: origin?.architecture ?? 'edge', ...settings, ...from };
  // Checked as a whole: the file's model may be no string at all.
  const recipe = typeof chosen.model === 'string' ? findArchitecture(chosen.model).recipe : {};
  return parseConfig({ ...recipe, ...chosen }, source.file ?? 'settings');
}

function same(given: Partial<TrainConfig>, own: TrainConfig): TrainConfig {
  for (const [setting, value] of Object.entries(given)) {
    const kept = own[setting as keyof TrainConfig];
    if (value !== kept) {
      const what = kept === undefined ? `no ${setting}` : `${setting} ${kept}`;
      throw new Problem(
        `The run that is gone on with has ${what}, not ${value}: a run keeps its settings. Leave it out, or train a new run ` +
          'without --resume.',
      );
    }
  }
  return own;
}

async function readSettings(file: string): Promise<object> {
  // npm and Nx start commands elsewhere, and say here where the person was.
  const path = resolve(process.env.INIT_CWD ?? process.cwd(), file);
  try {
    const json: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('it is no JSON object');
    return json;
  } catch (error) {
    throw new Problem(`--config ${file} cannot be used: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}
