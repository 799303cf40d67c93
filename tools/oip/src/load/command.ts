import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { artifacts, command, percent, shown, startProgress, whole } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';
import type { Command } from 'commander';
import fc from 'fast-check';
import { type OwnServer, startApart, startOwnServer } from '../own-server.ts';
import { schemathesis } from '../schemathesis.ts';
import { discover, type Target } from '../target.ts';
import { pythonTool } from '../venv.ts';
import { type FuzzReport, fuzz } from './fuzz.ts';
import { median } from './memory.ts';
import { overload, type Stretch, shareOfPeak } from './overload.ts';
import { pictures } from './pictures.ts';
import { type FuzzRequest, fuzzRequests } from './requests.ts';
import { soak } from './soak.ts';

interface Output {
  print(line: string): void;
}

/** Each starts a server of its own on 127.0.0.1: load goes nowhere else. */
async function withServer(
  act: (server: OwnServer, target: Target) => Promise<void>,
  start: (args: readonly string[]) => Promise<OwnServer> = startOwnServer,
): Promise<void> {
  const server = await start(['--log-level', 'error']);
  try {
    await act(server, await discover(server.url, 'digits', { grpc: null, repository: null }));
  } finally {
    await server.stop();
  }
}

export function fuzzCommand(output: Output): Command {
  return command('fuzz', 'Sends generated requests to our server, and checks every answer and its memory.')
    .option('--requests <n>', 'how many', whole(1), 100_000)
    .option('--seed <n>', 'the same seed makes the same requests', whole(0), 1)
    .action(({ requests, seed }: { requests: number; seed: number }) =>
      withServer(async ({ url, child, output: words }, { model }) => {
        const progress = startProgress('fuzz', requests);
        const report = await fuzz({
          url,
          child,
          model,
          pictures: await pictures(),
          requests,
          seed,
          onProgress: progress.update,
        });
        progress.stop();
        for (const line of describeFuzz(report)) output.print(line);
        if (report.faults.length > 0) {
          const file = artifacts('oip', 'fuzz-faults.json');
          await mkdir(join(file, '..'), { recursive: true });
          const plain = report.faults.map(({ fault, request }) => ({
            fault,
            ...request,
            body: request.body.toString('base64'),
          }));
          await writeFile(file, JSON.stringify(plain, null, 2));
          output.print(`The requests are in ${shown(file)} (bodies in base64).`);
        }
        const errors = words()
          .split('\n')
          .filter((line) => line.includes('internal error'));
        if (errors.length > 0) output.print(`The server logged ${errors.length} internal errors: ${errors[0]}`);
        if (report.faults.length > 0 || errors.length > 0 || !report.flat || !report.alive) process.exitCode = 1;
      }),
    );
}

export function describeFuzz(report: FuzzReport): string[] {
  const table = (counts: ReadonlyMap<string | number, number>) =>
    [...counts]
      .sort((a, b) => b[1] - a[1])
      .map(([name, count]) => `${name}: ${count.toLocaleString('en')}`)
      .join(' · ');
  const { requests, seconds, faults, reconnects, megabytes, flat, alive } = report;
  const quarter = Math.max(1, megabytes.length >> 2);
  return [
    `${requests.toLocaleString('en')} requests in ${seconds.toFixed(0)} s; ${faults.length} faults; ${reconnects} reconnects`,
    `requests · ${table(report.kinds)}`,
    `statuses · ${table(report.statuses)}`,
    `memory ${flat ? 'flat' : 'NOT FLAT'}: ${median(megabytes.slice(quarter, 2 * quarter)).toFixed(0)} MB in the second quarter, ${median(megabytes.slice(-quarter)).toFixed(0)} MB in the last`,
    ...(alive ? [] : ['THE SERVER ENDED']),
    ...faults.slice(0, 10).map(({ fault, request }) => `${request.kind} (${request.method} ${request.path}): ${fault}`),
  ];
}

/** Good requests and bad, as a busy day has them. */
export async function mixedRequests(target: Target): Promise<FuzzRequest[]> {
  return fc
    .sample(fuzzRequests(target.model, await pictures()), { seed: 7, numRuns: 2000 })
    .filter(({ method }) => method === 'POST' || method === 'GET');
}

export function soakCommand(output: Output): Command {
  return command('soak', 'Keeps our server busy for a time, and watches its memory and its latency.')
    .option('--minutes <n>', 'how long', whole(1, 600), 20)
    .option('--connections <n>', 'requests under way at once', whole(1, 64), 4)
    .action(({ minutes, connections }: { minutes: number; connections: number }) =>
      withServer(async ({ url, child }, target) => {
        const report = await soak({
          url,
          child,
          model: target.model,
          requests: await mixedRequests(target),
          seconds: 60 * minutes,
          connections,
          onSample: ({ second, answers, p50, p99, megabytes }) =>
            output.print(
              `${String(second).padStart(6)} s  ${String(answers).padStart(8)} answers  p50 ${p50.toFixed(2)} ms  p99 ${p99.toFixed(2)} ms  ${megabytes.toFixed(0)} MB`,
            ),
        });
        output.print(
          `${report.answers.toLocaleString('en')} answers, ${report.faults.length} faults, memory ${report.flat ? 'flat' : 'NOT FLAT'}`,
        );
        for (const fault of report.faults.slice(0, 10)) output.print(`  ${fault}`);
        if (report.faults.length > 0 || !report.flat) process.exitCode = 1;
      }),
    );
}

export function overloadCommand(output: Output): Command {
  return command('overload', 'Lets several times the capacity arrive, and looks at what is answered during and after.')
    .option('--times <n>', 'how many times the capacity', whole(1, 20), 3)
    .option('--seconds <n>', 'how long', whole(5, 600), 60)
    .option(
      '--rounds <n>',
      'how many times over, with a peak between: a shared machine is never the same',
      whole(1, 100),
      1,
    )
    .action(({ times, seconds, rounds }: { times: number; seconds: number; rounds: number }) =>
      withServer(async ({ url }, target) => {
        const request = fc
          .sample(fuzzRequests(target.model, await pictures()), { seed: 1, numRuns: 500 })
          .find(({ kind }) => kind === 'good binary');
        if (request === undefined) throw new Problem('No good binary request was generated.');
        const found = await overload({ url, request, times, seconds, rounds });
        for (const round of found) {
          const { peaks, offered, overload: during } = round;
          output.print(
            `peak ${peaks[0].toFixed(0)}/s before and ${peaks[1].toFixed(0)}/s after; ` +
              `offered ${offered.toFixed(0)}/s for ${seconds} s`,
          );
          for (const name of ['normal', 'overload', 'after'] as const) output.print(line(name, round[name]));
          output.print(
            `goodput under overload: ${percent(shareOfPeak(round), 0)} of the peak ` +
              `(${percent(during.goodput / peaks[0], 0)} of the one before, ${percent(during.goodput / peaks[1], 0)} of the one after)`,
          );
        }
        const shares = found.map(shareOfPeak);
        if (rounds > 1) {
          output.print(
            `over ${rounds} rounds: ${percent(median(shares), 0)} (median), ` +
              `${percent(Math.min(...shares), 0)} to ${percent(Math.max(...shares), 0)}`,
          );
        }
      }, startApart),
    );
}

function line(name: string, stretch: Stretch): string {
  const { goodput, rejected, unsent, failed, failures, p99, rejectedP99, ownP99 } = stretch;
  const kinds = [...failures].map(([kind, number]) => `${number} × ${kind}`).join(', ');
  return (
    `${name.padEnd(9)} ${goodput.toFixed(0)}/s good, p99 ${p99.toFixed(1)} ms; ` +
    `${rejected.toFixed(0)}/s refused, p99 ${rejectedP99.toFixed(1)} ms; ` +
    `${unsent.toFixed(0)}/s never sent, all connections waited; ${failed} failed${kinds && `: ${kinds}`}; ` +
    `the load itself late by ${ownP99.toFixed(1)} ms (p99)`
  );
}

export function schemathesisCommand(output: Output): Command {
  return command('schemathesis', 'Has schemathesis make requests of our OpenAPI document, and hold the answers to it.')
    .option('--examples <n>', 'for each operation', whole(1), 1000)
    .option('--seed <n>', 'the same seed makes the same requests', whole(0), 1)
    .action(async ({ examples, seed }: { examples: number; seed: number }) => {
      const bin = await pythonTool('schemathesis', output.print);
      await withServer(async ({ url }) => {
        const { passed, output: words } = await schemathesis({ bin, url, examples, seed });
        output.print(words);
        if (!passed) process.exitCode = 1;
      });
    });
}
