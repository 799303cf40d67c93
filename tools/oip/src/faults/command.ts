import { join } from 'node:path';
import { command, whole, workspaceRoot } from '@mnist-edge/command';
import { type Command, InvalidArgumentError } from 'commander';
import { binaryBody, binaryHeader, blocksOf } from '../binary.ts';
import { median } from '../load/memory.ts';
import { wire } from '../load/requests.ts';
import { startOwnServer } from '../own-server.ts';
import { samples } from '../rest.ts';
import { discover, modelPath } from '../target.ts';
import { besideSlow, killWorkers, reloadModels, terminate } from './faults.ts';

interface Output {
  print(line: string): void;
}

const FAULTS = ['kills', 'reloads', 'sigterm', 'slow'] as const;
type Fault = (typeof FAULTS)[number];

/** A good request of one image, binary both ways, as it goes over the wire. */
export async function goodBinary(): Promise<Buffer> {
  const server = await startOwnServer(['--log-level', 'error']);
  try {
    const { model } = await discover(server.url, 'digits', { grpc: null, repository: null });
    const inputs = samples(model, 1);
    const header = { ...binaryHeader(inputs), parameters: { binary_data_output: true } };
    const { body, headerLength } = binaryBody(header, blocksOf(inputs));
    const headers = {
      'Content-Type': 'application/octet-stream',
      'Inference-Header-Content-Length': String(headerLength),
    };
    return wire({ kind: '', good: true, method: 'POST', path: `${modelPath(model.name)}/infer`, headers, body });
  } finally {
    await server.stop();
  }
}

export function faultsCommand(output: Output): Command {
  return command('faults', 'Kills, reloads, ends and slows down our server under load, and looks at every answer.')
    .option('--kills <n>', 'serving processes killed, one every 5 s', whole(1, 1000), 12)
    .option('--reloads <n>', 'versions of the model put in its place', whole(1, 10_000), 200)
    .option('--drains <n>', 'servers ended by SIGTERM, with one process and with two', whole(1, 1000), 10)
    .option('--sockets <n>', 'slow clients', whole(1, 5000), 1000)
    .option('--only <fault>', `one of ${FAULTS.join(', ')}`, oneFault)
    .action(async (options: Record<'kills' | 'reloads' | 'drains' | 'sockets', number> & { only?: Fault }) => {
      const asked = (fault: Fault) => options.only === undefined || options.only === fault;
      const request = await goodBinary();
      const verdict = (good: boolean, line: string) => {
        output.print(`${good ? '✓' : '✗'} ${line}`);
        if (!good) process.exitCode = 1;
      };
      if (asked('kills')) {
        const { kills, answers, lost, wrong, backMs } = await killWorkers(request, options.kills, 5000);
        const slowest = Math.max(...backMs);
        verdict(
          wrong.length === 0 && lost.length <= 8 * kills && slowest < 2000,
          `kills: ${kills} processes killed under load; ${answers.toLocaleString('en')} answers, ${wrong.length} wrong, ` +
            `${lost.length} lost with their connection (at most 8 were under way at a kill); ` +
            `another served after ${median(backMs)} ms, at most ${slowest} ms`,
        );
      }
      if (asked('reloads')) {
        const modelDir = join(workspaceRoot, 'models/digits');
        const { reloads, answers, lost, wrong, megabytes, flat } = await reloadModels(
          request,
          options.reloads,
          modelDir,
        );
        const tenth = Math.max(1, Math.floor(reloads / 10));
        verdict(
          wrong.length === 0 && lost.length === 0 && flat,
          `reloads: ${reloads} under load; ${answers.toLocaleString('en')} answers, ${wrong.length} wrong, ${lost.length} lost; ` +
            `memory ${flat ? 'flat' : 'NOT FLAT'}: ${Math.round(median(megabytes.slice(tenth, 2 * tenth)))} MB after a tenth, ` +
            `${Math.round(median(megabytes.slice(-tenth)))} MB at the end`,
        );
        for (const fault of wrong.slice(0, 5)) output.print(`  ${fault}`);
      }
      for (const workers of asked('sigterm') ? [1, 2] : []) {
        const { drains, answers, dropped, wrong, codes } = await terminate(request, options.drains, workers);
        verdict(
          dropped === 0 && wrong.length === 0 && codes.every((code) => code === 0),
          `sigterm: ${drains} servers of ${workers} process${workers === 1 ? '' : 'es'} ended under load; ` +
            `${answers.toLocaleString('en')} answers, ${wrong.length} wrong, ${dropped} dropped; exit codes ${[...new Set(codes)].join(', ')}`,
        );
      }
      if (asked('slow')) {
        const { sockets, alone, beside } = await besideSlow(request, options.sockets, { rounds: 5, seconds: 5 });
        const [before, during] = [alone, beside].map((rounds) => median(rounds.map(({ p99 }) => p99)));
        const failed = [...alone, ...beside].some(({ lost, wrong }) => lost.length + wrong.length > 0);
        verdict(
          !failed && during! <= 1.5 * before!,
          `slow: beside ${sockets} slow sockets p99 ${during!.toFixed(2)} ms, without them ${before!.toFixed(2)} ms: ` +
            `${(during! / before!).toFixed(2)} times; medians of 5 rounds in turn${failed ? '; SOME FAILED' : ''}`,
        );
      }
    });
}

function oneFault(text: string): Fault {
  const fault = FAULTS.find((known) => known === text);
  if (fault === undefined) throw new InvalidArgumentError(`Expected one of ${FAULTS.join(', ')}.`);
  return fault;
}
