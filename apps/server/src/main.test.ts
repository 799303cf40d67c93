import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { rawClient } from './testing/raw-client.ts';

const children: ChildProcess[] = [];

interface Program {
  readonly child: ChildProcess;
  output(): string;
  readonly exited: Promise<number | null>;
}

/** Runs the server's command line as `npm start` does. */
function start(args: string[], env: Record<string, string> = {}): Program {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../dist/main.js'), ...args], {
    env: { ...process.env, ...env },
  });
  children.push(child);
  let output = '';
  const collect = (bytes: Buffer) => {
    output += bytes;
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return { child, output: () => output, exited: once(child, 'close').then(([code]) => code) };
}

async function greeted(program: Program): Promise<string> {
  while (!program.output().includes('\n')) {
    await Promise.race([once(program.child.stdout!, 'data'), program.exited]);
    if (program.child.exitCode !== null) throw new Error(program.output());
  }
  return program.output();
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

test('says where it is in one line, serves, and on SIGTERM finishes what it began and exits 0', async () => {
  const program = start(['--port', '0', '--log-level', 'warn']);
  const line = await greeted(program);
  expect(line).toMatch(
    /^Digit recognizer at http:\/\/localhost:\d+ · model digits \d+\.\d+\.\d+, right on 99\.\d\d % of 10,000 mnist test images\n/,
  );
  const url = `http://127.0.0.1:${/localhost:(\d+)/.exec(line)![1]}`;
  expect((await fetch(`${url}/v2/health/ready`)).status).toBe(200);

  const body = JSON.stringify({ inputs: [{ name: 'x', shape: [1], datatype: 'FP32', data: [0] }] });
  const client = await rawClient(url);
  client.send(
    `POST /v2/models/digits/infer HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 20)}`,
  );
  expect((await fetch(`${url}/v2/health/ready`)).status).toBe(200);
  program.child.kill('SIGTERM');
  program.child.kill('SIGINT');
  await expect
    .poll(
      () =>
        fetch(url).then(
          () => 'open',
          () => 'closed',
        ),
      { timeout: 5000 },
    )
    .toBe('closed');
  client.send(body.slice(20));
  expect(await client.answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n.*the input of digits is \\"image\\"/s);
  expect(await program.exited).toBe(0);
  expect(program.output()).toBe(line);
});

test('the settings are told at the start, without the secrets', async () => {
  const program = start(['--port', '0', '--admin-port', '0'], { ADMIN_KEY: 'sesame' });
  await expect.poll(program.output, { timeout: 60_000 }).toMatch(/"msg":"settings"/);
  expect(program.output()).toMatch(/\nmetrics at http:\/\/127\.0\.0\.1:\d+\/metrics\n/);
  const settings = JSON.parse(
    program
      .output()
      .split('\n')
      .find((line) => line.includes('"settings"'))!,
  );
  expect(settings).toMatchObject({ host: '127.0.0.1', workers: 1, maxBatch: 1024, adminKey: 'set' });
  expect(program.output()).not.toContain('sesame');
});

test('a bad setting: one line that names it, exit code 1', async () => {
  const program = start([], { PORT: '80x' });
  expect(await program.exited).toBe(1);
  expect(program.output()).toBe('\nserver: PORT is "80x". Expected a whole number from 0 to 65535.\n');
});
