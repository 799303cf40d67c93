import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { artifacts } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';

/** The Python programs that meet a server here; each has a virtual environment of its own. */
export type PythonTool = 'tritonclient' | 'mlserver' | 'schemathesis';

/** Where the scripts and the pinned versions lie. */
export const pythonFolder = join(import.meta.dirname, '..', 'python');

const run = promisify(execFile);

/**
 * A virtual environment with the pinned packages of `python/<tool>.txt`, made where it is missing or of other versions.
 * @returns the folder of its programs
 * @throws {Problem} with what pip said, when they cannot be installed
 */
export async function pythonTool(tool: PythonTool, say: (line: string) => void): Promise<string> {
  const requirements = join(pythonFolder, `${tool}.txt`);
  const folder = artifacts('oip', tool);
  const stamp = join(folder, 'installed.sha256');
  const wanted = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  const installed = await readFile(stamp, 'utf8').catch(() => '');
  if (installed !== wanted) {
    say(`Installing ${tool} in ${folder} …`);
    await rm(folder, { recursive: true, force: true });
    await mkdir(dirname(folder), { recursive: true });
    try {
      await run('python3', ['-m', 'venv', folder]);
      const quiet = ['--quiet', '--disable-pip-version-check'];
      await run(join(folder, 'bin', 'pip'), ['install', ...quiet, '--requirement', requirements]);
    } catch (error) {
      throw new Problem(
        `${tool} could not be installed: ${(error as Error).message.slice(-1000)}. It needs Python 3.11 or later with ` +
          'venv (apt install python3-venv) and the Python package index.',
      );
    }
    await writeFile(stamp, wanted);
  }
  return join(folder, 'bin');
}
