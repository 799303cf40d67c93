import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { temporaryFolder } from './mirror.fixture.ts';
import { prepareSynthetic } from './prepare-synthetic.ts';
import { previewCommand } from './preview-command.ts';

/** A folder with the dataset `synthetic`, and a preview command that looks there and writes there. */
async function surroundings() {
  const base = await temporaryFolder();
  const counts = { train: 40, validation: 10, test: 10 };
  const startProgress = () => ({ update: () => undefined, stop: () => undefined });
  await prepareSynthetic(join(base, 'synthetic'), { counts, seed: 1, startProgress }, () => undefined);
  const said: string[] = [];
  const preview = (...options: string[]) => {
    const datasetFolder = (name: string) => join(base, name);
    const program = previewCommand({ base, datasetFolder, say: (line) => said.push(line) });
    program.configureOutput({ writeErr: (text) => said.push(text) });
    return program.parseAsync(options, { from: 'user' });
  };
  return { base, said, preview };
}

test('a sheet is written as a grey PNG, where the options say, and the line says what it shows', async () => {
  const { base, said, preview } = await surroundings();
  await preview('--dataset=synthetic', '--augment=elastic:strong,noise', '--count=3', '--out=sheets/three.png');
  const { format, channels, width, height } = await sharp(join(base, 'sheets/three.png')).metadata();
  expect({ format, channels }).toEqual({ format: 'png', channels: 1 });
  expect((width % 3) + (height % 3)).toBe(0);
  expect(said).toEqual([
    expect.stringMatching(/three\.png: 3 images of synthetic.*6 that "elastic:strong,noise" makes/),
  ]);
});

test('the same seed draws the same sheet, another seed another', async () => {
  const { base, preview } = await surroundings();
  const sheet = async (seed: number) => {
    await preview('--dataset=synthetic', `--seed=${seed}`, '--out=sheet.png');
    return (await readFile(join(base, 'sheet.png'))).toString('base64');
  };
  const first = await sheet(1);
  expect(await sheet(1)).toBe(first);
  expect(await sheet(2)).not.toBe(first);
});

test.each([
  [['--augment=elastc'], /--augment.*elastc.*elastic/s],
  [['--count=0'], /--count.*'0'.*whole number from 1 to 400/s],
  [['--seed=-1'], /--seed.*'-1'.*whole number from 0/s],
  [['--dataset=../up'], /--dataset.*'\.\.\/up'/s],
  [['--dataset=nowhere'], /nowhere.*data:prepare/s],
  [['--cuont=3'], /unknown option '--cuont=3'.*--count/s],
])('%s is refused with what is allowed, and no file is written', async (options, words) => {
  const { base, said, preview } = await surroundings();
  await writeFile(join(base, 'sheet.png'), 'before');
  const error: unknown = await preview('--out=sheet.png', ...options).catch((thrown: unknown) => thrown);
  expect(`${said.join('')} ${(error as Error).message}`).toMatch(words);
  expect(await readFile(join(base, 'sheet.png'), 'utf8')).toBe('before');
});
