import { Problem } from '@mnist-edge/recognizer';
import { expect, test } from 'vitest';
import { describeSystemError } from './system-error.ts';

test.each([
  ['ENOSPC', 'the disk is full. Free some space and run the same command again; what was there before is unchanged.'],
  ['EDQUOT', 'the disk quota is used up.'],
  ['EACCES', 'permission denied. Check who owns the folder'],
  ['EPERM', 'the operation is not permitted.'],
  ['EROFS', 'the file system is read-only.'],
  ['ENOTDIR', 'a part of the path is a file, not a folder.'],
  ['EEXIST', 'there is a file where a folder should be.'],
  ['EISDIR', 'there is a folder where a file should be.'],
])('%s becomes a Problem that says what was being done and the way out', (code, way) => {
  const error = Object.assign(new Error(code), { code });
  const described = describeSystemError(error, 'writing models/digits');
  expect(described).toBeInstanceOf(Problem);
  expect((described as Problem).message).toContain(`While writing models/digits: ${way}`);
  expect((described as Problem).message).toContain(`(${code})`);
  expect((described as Problem).cause).toBe(error);
});

test.each([
  ['an unknown code', Object.assign(new Error('x'), { code: 'EBADF' })],
  ['a code that is a name every object has', Object.assign(new Error('x'), { code: 'constructor' })],
  ['an error without a code', new TypeError('x')],
  ['a Problem', new Problem('x')],
  ['no error at all', 'x'],
  ['nothing', undefined],
])('%s is returned as it is', (_, error) => {
  expect(describeSystemError(error, 'writing')).toBe(error);
});
