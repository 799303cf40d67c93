import { existsSync } from 'node:fs';
import { type NativeBinding, nativeBinding } from '@mnist-edge/tools';
import { beforeEach, expect, test, vi } from 'vitest';
import { startBackend } from './backend.ts';
import { trainCommand } from './command-line.ts';
import { runFolder } from './run-folder.ts';

vi.mock('@mnist-edge/tools', async (original) => ({
  ...(await original<typeof import('@mnist-edge/tools')>()),
  nativeBinding: vi.fn(),
}));

const { nativeBinding: real } = await vi.importActual<typeof import('@mnist-edge/tools')>('@mnist-edge/tools');
const missing: NativeBinding = {
  state: 'missing',
  reason: 'the native TensorFlow binding is not built in this checkout. Set it up with: npx nx run tools:setup',
};

beforeEach(() => {
  vi.mocked(nativeBinding).mockReturnValue(missing);
});

test('TensorFlow that is wanted and not set up is said with both ways out, and no run is left', async () => {
  const run = `backend-missing-${process.pid}`;
  const program = trainCommand({ print: () => undefined }, new AbortController().signal);
  await expect(program.parseAsync(['--backend', 'tensorflow', '--run', run], { from: 'user' })).rejects.toThrow(
    /--backend tensorflow: .*not built.*npx nx run tools:setup.*--backend cpu/s,
  );
  expect(existsSync(runFolder(run))).toBe(false);
});

test('without TensorFlow, and without a wish, plain JavaScript computes, and says why it is slow', async () => {
  expect(await startBackend()).toMatchObject({
    name: 'cpu',
    warning: expect.stringMatching(/not set up: .*npx nx run tools:setup.*tens of images per second/s),
  });
});

test('a CUDA build that finds no GPU says so, and where to look for what it misses', async () => {
  vi.mocked(nativeBinding).mockReturnValue({ ...real(), cuda: true } as NativeBinding);
  const backend = await startBackend();
  // Where there is a GPU, there is nothing to say.
  if (backend.description.endsWith('on GPU')) expect(backend.warning).toBeUndefined();
  else expect(backend.warning).toMatch(/finds no GPU.*npx nx run tools:doctor/);
});
