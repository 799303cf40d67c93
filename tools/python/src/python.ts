import { Problem } from '@mnist-edge/recognizer';
import { ask, type Environment } from './child.ts';

/** A Python that answers. */
export interface Python {
  readonly command: string;
  /** Such as "3.11.7". */
  readonly version: string;
}

/** The minor versions of Python 3 for which every pinned package has a ready-made wheel; pyproject.toml says the same. */
const SUPPORTED = [11, 12, 13];
const RANGE = `Python 3.${SUPPORTED[0]} to 3.${SUPPORTED.at(-1)}`;

/** The unversioned name first: it is the one that the person chose. */
const COMMANDS = ['python3', ...SUPPORTED.map((minor) => `python3.${minor}`), 'python'];

/**
 * Finds a Python that the pinned packages run on.
 * @param wanted a command or path to use instead of what is on PATH
 * @throws {Problem} when there is none, naming what was found
 */
export function findPython(env: Environment, wanted?: string): Python {
  return choosePython(probe(wanted === undefined ? COMMANDS : [wanted], env), wanted);
}

/** Asks each command for its version; those that do not answer (pyenv has such) are left out. */
function probe(commands: readonly string[], env: Environment): Python[] {
  return commands.flatMap((command) => {
    const version = ask(command, ['-c', 'import platform; print(platform.python_version())'], env);
    return version === null ? [] : [{ command, version }];
  });
}

/**
 * The first of the found that fits.
 * @throws {Problem} when none does
 */
export function choosePython(found: readonly Python[], wanted?: string): Python {
  const fitting = found.find(({ version }) => isSupported(version));
  if (fitting !== undefined) return fitting;
  const answers = found.map(({ command, version }) => `${command} is ${version}`).join(', ');
  const seen = answers !== '' ? answers : wanted !== undefined ? `${wanted} does not answer` : 'none was found on PATH';
  throw new Problem(
    `TensorFlow 2.21 and tf2onnx need ${RANGE}, but ${seen}.\n` +
      'Install one (on Debian and Ubuntu: apt install python3 python3-venv; elsewhere, for example, pyenv install 3.12) ' +
      'and run the same command again, or name it: npx nx run tools:setup --python=/path/to/python3.12',
  );
}

function isSupported(version: string): boolean {
  const minor = /^3\.(\d+)\./.exec(version)?.[1];
  return minor !== undefined && SUPPORTED.includes(Number(minor));
}
