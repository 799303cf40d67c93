import { expect, test } from 'vitest';
import { exporterCommand } from './command-line.ts';

test.each([
  [['export', '--model-version', '1.0'], /--model-version.*'1.0'.*semantic version/s],
  [['export', '--name', 'My Model'], /--name.*'My Model'.*lower-case letters/s],
  [['export', '--run', '/etc'], /--run.*'\/etc'/s],
  [['export', '--seed', '1'], /unknown option '--seed'/s],
  [['quantize', '--precision', 'int4'], /--precision.*'int4'.*fp32, fp16, int8/s],
  [['exprot'], /unknown command 'exprot'.*export/s],
  [['release', '--nmae', 'x'], /unknown option '--nmae'.*--name/s],
])('%s is refused with what is allowed', async (options, words) => {
  let said = '';
  const program = exporterCommand({ print: () => undefined });
  for (const command of [program, ...program.commands]) {
    command.configureOutput({
      writeErr: (text) => {
        said += text;
      },
    });
  }
  await expect(program.parseAsync(options, { from: 'user' })).rejects.toMatchObject({ exitCode: 1 });
  expect(said).toMatch(words);
});

test('releasing what was not exported is refused with the way out', async () => {
  const program = exporterCommand({ print: () => undefined });
  const releasing = program.parseAsync(['release', '--name', 'never-exported'], { from: 'user' });
  await expect(releasing).rejects.toThrow(/never-exported is no model bundle.*exporter:export/);
});
