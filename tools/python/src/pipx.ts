import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ask, type Environment, runChild } from './child.ts';
import { stepFailed } from './failure.ts';
import { binFolder, type Place } from './place.ts';
import type { Python } from './python.ts';
import { type Say, step } from './step.ts';

/** What is installed where there is no pipx. */
const PINNED = '1.18.4';
/** Older ones, such as Debian 12's 1.1, were not tried. */
const OLDEST = [1, 7] as const;

/** A command line that runs pipx. */
export type Pipx = readonly [command: string, ...args: string[]];

/** Finds pipx: the one that was installed here before, Python's own module, the command on PATH; null when there is none. */
export function findPipx(python: Python | null, place: Place, env: Environment): Pipx | null {
  const candidates: Pipx[] = [
    [join(ownFolder(place), 'bin/pipx')],
    ...(python === null ? [] : [[python.command, '-m', 'pipx'] as const]),
    ['pipx'],
  ];
  return (
    candidates.find(([command, ...args]) =>
      isRecent(ask(command, [...args, '--version'], pipxEnvironment(place, env))),
    ) ?? null
  );
}

/**
 * Finds pipx, or installs it into a folder of its own in `.artifacts/python`, so that nothing outside the checkout changes.
 * @throws {Problem} when it cannot be installed
 */
export async function needPipx(python: Python, place: Place, env: Environment, say: Say, log: string): Promise<Pipx> {
  const found = findPipx(python, place, env);
  if (found !== null) return found;
  const folder = ownFolder(place);
  const options = { env: pipxEnvironment(place, env), log };
  await step(say, `installing pipx ${PINNED}`, async () => {
    await rm(folder, { recursive: true, force: true });
    const made = await runChild(python.command, ['-m', 'venv', folder], options);
    if (made.code !== 0) throw stepFailed('making a virtual environment for pipx', made, log);
    const pip = [join(folder, 'bin/python'), '-m', 'pip', 'install', `pipx==${PINNED}`] as const;
    const installed = await runChild(pip[0], pip.slice(1), options);
    if (installed.code !== 0) throw stepFailed('installing pipx', installed, log);
  });
  return [join(folder, 'bin/pipx')];
}

/** The environment that keeps pipx inside `.artifacts/python`, whatever the person's own settings for pipx and Python are. */
export function pipxEnvironment(place: Place, env: Environment): Environment {
  return {
    ...env,
    PIPX_HOME: join(place.home, 'pipx'),
    PIPX_BIN_DIR: binFolder(place),
    PIPX_MAN_DIR: join(place.home, 'man'),
    PIPX_COMPLETION_DIR: join(place.home, 'completion'),
    PIPX_SHARED_LIBS: undefined,
    PIPX_DEFAULT_BACKEND: 'pip',
    PIP_USER: '0',
    PIP_NO_INPUT: '1',
    PYTHONHOME: undefined,
    PYTHONPATH: undefined,
  };
}

function ownFolder({ home }: Place): string {
  return join(home, 'pipx-venv');
}

function isRecent(version: string | null): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  if (major === undefined || minor === undefined) return false;
  return Number(major) > OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1]);
}
