import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { artifacts, shown, workspaceRoot } from './workspace.ts';

test('the root is the checkout, whatever folder a command runs in', () => {
  expect(existsSync(join(workspaceRoot, 'nx.json'))).toBe(true);
});

test('everything generated goes to .artifacts', () => {
  expect(artifacts('data', 'mnist')).toBe(join(workspaceRoot, '.artifacts', 'data', 'mnist'));
});

test('a path inside the checkout is shown from its root, any other as it is', () => {
  expect(shown(artifacts('data', 'mnist'))).toBe('.artifacts/data/mnist');
  expect(shown('/elsewhere/file')).toBe('/elsewhere/file');
  expect(shown(`${workspaceRoot}-copy/file`)).toBe(`${workspaceRoot}-copy/file`);
});
