import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceRoot } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { total } from './verdict.ts';
import { verify } from './verify.ts';

// A workspace of its own with the real Nx, whose tasks are one-line shell commands.
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'verify-'));
  await symlink(join(workspaceRoot, 'node_modules'), join(root, 'node_modules'));
  await write('package.json', { name: 'small', private: true, workspaces: ['*'], nx: { includedScripts: [] } });
  const test = { cache: true, outputs: ['{workspaceRoot}/.artifacts/test/{projectName}.json'] };
  await write('nx.json', { useInferencePlugins: false, analytics: false, targetDefaults: { test } });
});
afterEach(() => rm(root, { recursive: true }));

async function write(path: string, content: object): Promise<void> {
  await mkdir(join(root, path, '..'), { recursive: true });
  await writeFile(join(root, path), JSON.stringify(content));
}

async function project(name: string, targets: object): Promise<void> {
  await write(`${name}/package.json`, { name, nx: { name, includedScripts: [], targets } });
}

/** A command that leaves the report of so many passed and failed tests, as Vitest would. */
function tests(name: string, passed: number, failed = 0): string {
  const report = {
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [],
  };
  const file = join(root, '.artifacts/test', `${name}.json`);
  const code = failed > 0 ? 1 : 0;
  return `node -e "fs.mkdirSync('${join(file, '..')}',{recursive:true});fs.writeFileSync('${file}',process.argv[1]);process.exit(${code})" '${JSON.stringify(report)}'`;
}

const options = {
  stages: [
    ['run-many', '-t', 'lint', 'test', '--exclude=parity'],
    ['run', 'parity:test'],
  ],
  output: 'ignore',
} as const;

test('what passed, what failed, what could not run and why; a second run is served from the cache and says the same', async () => {
  await project('data', { lint: { command: 'true' }, test: { command: tests('data', 4) } });
  await project('web', { lint: { command: 'false' }, test: { command: tests('web', 2, 1) } });
  await project('tools', { setup: { command: 'echo "tools: no network" >&2; exit 1', parallelism: false } });
  await project('parity', {
    test: { command: tests('parity', 1), dependsOn: [{ projects: ['tools'], target: 'setup' }] },
  });
  await write('.artifacts/test/gone.json', {});
  const first = await verify(root, options);
  expect(
    first.checks.map(({ project, target, passed, failed, skipped }) => [project, target, passed, failed, skipped]),
  ).toEqual(
    expect.arrayContaining([
      ['data', 'lint', 1, 0, 0],
      ['web', 'lint', 0, 1, 0],
      ['data', 'test', 4, 0, 0],
      ['web', 'test', 2, 1, 0],
      ['parity', 'test', 0, 0, 1],
    ]),
  );
  expect(first.checks).toHaveLength(5);
  expect(first.obstacles).toMatchObject([{ id: 'tools:setup', missing: true }]);
  expect(first.obstacles[0]?.output).toContain('tools: no network');
  expect(total(first)).toEqual({ passed: 7, failed: 2, skipped: 1 });
  const again = await verify(root, { ...options, stages: options.stages.slice(0, 1) });
  expect(total(again)).toEqual({ ...total(first), skipped: 0 });
});

test('a workspace that Nx cannot plan is a Problem with what Nx said', async () => {
  await project('data', {});
  const error = await verify(root, { ...options, stages: [['run', 'parity:test']] }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Problem);
  expect((error as Problem).message).toMatch(
    /^Nx cannot plan "nx run parity:test":\s+NX\s+Cannot find project 'parity'/,
  );
});

test('a run that leaves no record is a Problem, not a success', async () => {
  await project('data', { lint: { command: `rm -rf ${join(root, '.nx/cache')} && touch ${join(root, '.nx/cache')}` } });
  const error = await verify(root, { ...options, stages: [['run-many', '-t', 'lint']] }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Problem);
  expect((error as Problem).message).toContain('Nx left no record of "nx run-many -t lint --output-style=static"');
});
