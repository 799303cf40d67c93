import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** Starting three processes takes a while on a machine that is busy with others. */
const PATIENCE = 180_000;
const main = join(import.meta.dirname, '../../dist/main.js');
const children: ChildProcess[] = [];
let child: ChildProcess;
let url: string;
let admin: string;

function spawnServer(...args: string[]): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [main, '--workers', '2', ...args], {
    env: { ...process.env, ADMIN_KEY: 'sesame' },
  });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (output += bytes));
  return { child, output: () => output };
}

// The same server for all tests, the last of which stops it.
beforeAll(async () => {
  const started = spawnServer('--port', '0', '--admin-port', '0');
  while (!started.output().includes('"msg":"settings"')) await wait(50);
  child = started.child;
  url = `http://127.0.0.1:${/localhost:(\d+)/.exec(started.output())![1]}`;
  admin = /metrics at (\S+)\/metrics/.exec(started.output())![1]!;
}, PATIENCE);

afterAll(() => {
  for (const each of children) each.kill('SIGKILL');
});

/** The serving processes' numbers, as the system knows them. */
async function serving(child: ChildProcess): Promise<number[]> {
  const ps = spawn('ps', ['-o', 'pid=,args=', '--ppid', String(child.pid)]);
  let text = '';
  ps.stdout.on('data', (bytes) => (text += bytes));
  await once(ps, 'close');
  const lines = text.split('\n').filter((line) => line.includes('main.js'));
  return lines.map((line) => Number(line.trim().split(' ')[0]));
}

/** One inference on a connection of its own. @returns the status, or the error's code where the connection broke */
function infer(url: string, agent?: Agent): Promise<number | string> {
  const tensor = Buffer.alloc(784 * 4);
  return new Promise((resolve) => {
    const asked = request(
      `${url}/v2/models/digits/infer`,
      { method: 'POST', agent: agent ?? false, timeout: 30_000, headers: { 'Inference-Header-Content-Length': '0' } },
      (response) => {
        response.resume().on('end', () => resolve(response.statusCode!));
        response.on('close', () => resolve('cut'));
        response.on('error', (error: NodeJS.ErrnoException) => resolve(error.code!));
      },
    );
    asked.on('timeout', () => resolve(0));
    asked.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    asked.end(tensor);
  });
}

function asOperator(admin: string, path: string): Promise<Response> {
  return fetch(admin + path, { method: 'POST', headers: { Authorization: 'Bearer sesame' } });
}

test(
  'metrics are of all processes together; a model is unloaded and loaded in all of them',
  async () => {
    for (let i = 0; i < 8; i++) expect(await infer(url)).toBe(200);
    const metrics = await (await fetch(`${admin}/metrics`)).text();
    expect(metrics).toMatch(/^inference_images_total\{model="digits",version="[\d.]+"\} 8$/m);
    expect(metrics).toMatch(/^http_requests_total\{route="infer",status="200"\} 8$/m);
    const index = await (await asOperator(admin, '/v2/repository/index')).json();
    expect(index).toEqual([{ name: 'digits', version: expect.any(String), state: 'READY', reason: '' }]);
    expect((await asOperator(admin, '/v2/repository/models/digits/unload')).status).toBe(200);
    for (let i = 0; i < 4; i++) expect(await infer(url)).toBe(404);
    expect((await asOperator(admin, '/v2/repository/models/digits/unload')).status).toBe(400);
    expect((await asOperator(admin, '/v2/repository/models/digits/load')).status).toBe(200);
    for (let i = 0; i < 4; i++) expect(await infer(url)).toBe(200);
  },
  PATIENCE,
);

test(
  'a process that is killed is replaced; only what it had under way is lost',
  async () => {
    const before = await serving(child);
    expect(before).toHaveLength(2);
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    let going = true;
    let asked = 0;
    const lost: (number | string)[] = [];
    const load = Array.from({ length: 4 }, async () => {
      while (going) {
        asked++;
        const status = await infer(url, agent);
        if (status !== 200) lost.push(status);
      }
    });
    process.kill(before[0]!, 'SIGKILL');
    await expect
      .poll(async () => (await serving(child)).filter((pid) => !before.includes(pid)).length, { timeout: PATIENCE })
      .toBe(1);
    for (let i = 0; i < 10; i++) expect(await infer(url)).toBe(200);
    going = false;
    await Promise.all(load);
    agent.destroy();
    // At most one request on each of the four connections was under way in the killed one.
    expect(lost.length, lost.join()).toBeLessThanOrEqual(4);
    expect(lost.filter((what) => typeof what === 'number')).toEqual([]);
    expect(asked).toBeGreaterThan(lost.length);
  },
  PATIENCE,
);

test(
  'SIGTERM under load: every request that was taken is answered, and all processes end',
  async () => {
    const ended = once(child, 'exit');
    const outcomes: (number | string)[] = [];
    const load = Array.from({ length: 8 }, async () => {
      // Until the port is closed.
      for (;;) {
        const outcome = await infer(url);
        outcomes.push(outcome);
        if (outcome !== 200) return;
      }
    });
    await expect.poll(() => outcomes.length, { timeout: PATIENCE }).toBeGreaterThan(20);
    child.kill('SIGTERM');
    await Promise.all(load);
    expect(await ended).toEqual([0, null]);
    // A connection that came too late is refused or reset before it was taken; none is half answered.
    const others = outcomes.filter((outcome) => outcome !== 200);
    expect(others.every((outcome) => outcome === 'ECONNREFUSED' || outcome === 'ECONNRESET')).toBe(true);
  },
  PATIENCE,
);

test(
  'what is wrong with the settings is said once, and the exit code is 1',
  async () => {
    const other = spawnServer('--host', '192.0.2.1');
    const [code] = await once(other.child, 'close');
    expect(code).toBe(1);
    expect(other.output().match(/is no address of this machine/g)).toHaveLength(1);
  },
  PATIENCE,
);
