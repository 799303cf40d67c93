import { expect, test } from 'vitest';
import { stepFailed, wayOut } from './failure.ts';

test.each([
  [
    "WARNING: Retrying: <NewConnectionError(': Failed to establish a new connection: [Errno 111] Connection refused')>",
    /network/,
  ],
  ['gyp ERR! stack Error: getaddrinfo ENOTFOUND nodejs.org', /network/],
  ['ERROR: No matching distribution found for onnx==1.23.1', /does not have that package/],
  ["SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed'))", /PIP_CERT/],
  ['gyp ERR! stack Error: not found: make', /build-essential/],
  ['/bin/sh: 1: g++: not found', /build-essential/],
  ["g++: fatal error: cannot execute 'cc1plus': execvp: No such file or directory", /build-essential/],
  ['Error: Command returned non-zero: ensurepip is not available', /python3-venv/],
  ['/usr/bin/python3: No module named venv', /python3-venv/],
  ['OSError: [Errno 28] No space left on device', /disk is full/],
  ['c++: fatal error: Killed signal terminated program cc1plus', /memory/],
])('the way out of "%s"', (output, way) => {
  expect(wayOut({ code: 1, output })).toMatch(way);
});

test('a child that the kernel killed ran out of memory', () => {
  expect(wayOut({ code: 137, output: '' })).toMatch(/memory/);
  expect(wayOut({ code: 1, output: '' })).toBeNull();
});

test('the message has the step, the errors of the output without the chatter, and the log', () => {
  const chatter = Array.from({ length: 50 }, (_, i) => `Collecting package-${i}`);
  const output = [
    ...chatter,
    'ERROR: it broke',
    'ERROR: it broke',
    '   ━━━━━━━━ 1.2/3.4 MB 5 MB/s',
    '',
    'Leaving',
  ].join('\n');
  expect(stepFailed('installing this', { code: 3, output }, '/log').message).toBe(
    [
      'This step failed: installing this (it ended with exit code 3).',
      '  | ERROR: it broke',
      'Run the same command again; if it fails the same way, the log tells more.',
      'The full log: /log',
    ].join('\n'),
  );
});

test('without an error among the lines, the last eight count', () => {
  const output = Array.from({ length: 20 }, (_, i) => `line ${i}`).join('\n');
  const { message } = stepFailed('this', { code: null, output }, '/log');
  expect(message.split('\n').filter((line) => line.startsWith('  | '))).toEqual(
    Array.from({ length: 8 }, (_, i) => `  | line ${i + 12}`),
  );
  expect(message).toContain('(it was killed)');
});
