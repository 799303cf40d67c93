import { command, startProgress, whole } from '@mnist-edge/command';
import { type Command, InvalidArgumentError } from 'commander';
import { GROUPS, type Group } from './case.ts';
import { cases } from './cases/index.ts';
import { conform } from './conform.ts';
import { faultsCommand } from './faults/command.ts';
import { grpcClient } from './grpc.ts';
import { fuzzCommand, overloadCommand, schemathesisCommand, soakCommand } from './load/command.ts';
import { startMlServer } from './mlserver.ts';
import { startOwnServer } from './own-server.ts';
import { report } from './report.ts';
import { discover } from './target.ts';
import { inferWithTritonclient, PROTOCOLS, servedBundle } from './tritonclient.ts';
import { pythonTool } from './venv.ts';

export interface Output {
  print(line: string): void;
}

interface ConformOptions {
  url: string;
  grpc?: string;
  model: string;
  repository?: string;
  repositoryKey?: string;
  require?: readonly Group[];
  only?: string;
}

export function oipCommand(output: Output): Command {
  return command('oip', 'Tests servers of the Open Inference Protocol.')
    .addCommand(conformCommand(output))
    .addCommand(mlServerCommand(output))
    .addCommand(tritonclientCommand(output))
    .addCommand(setupCommand(output))
    .addCommand(fuzzCommand(output))
    .addCommand(schemathesisCommand(output))
    .addCommand(soakCommand(output))
    .addCommand(overloadCommand(output))
    .addCommand(faultsCommand(output));
}

function conformCommand(output: Output): Command {
  return command('conform', 'Tests any server against the rules of the protocol and of its extensions.')
    .requiredOption('--url <url>', 'where the server answers REST, such as http://127.0.0.1:3000', httpUrl)
    .option('--grpc <host:port>', 'where it answers gRPC', hostAndPort)
    .option('--model <name>', 'the model to ask', 'digits')
    .option('--repository <url>', 'where it answers the model repository extension', httpUrl)
    .option('--repository-key <key>', 'sent there as Authorization: Bearer <key>')
    .option('--require <groups>', `of ${GROUPS.join(', ')}: those that the server must offer`, groups)
    .option('--only <text>', 'only the cases whose name holds this')
    .action(async (options: ConformOptions) => {
      if (!(await test(options, output))) process.exitCode = 1;
    });
}

/** @returns whether no case failed */
async function test(options: ConformOptions, output: Output): Promise<boolean> {
  const { url, model, repository, repositoryKey, require = [], only } = options;
  const grpc = options.grpc === undefined ? null : grpcClient(options.grpc);
  try {
    const target = await discover(url, model, {
      grpc,
      repository: repository === undefined ? null : { url: repository, key: repositoryKey ?? null },
    });
    const chosen = cases.filter(({ id }) => only === undefined || id.includes(only));
    const progress = startProgress('conform', chosen.length);
    let done = 0;
    const results = await conform(target, chosen, require, ({ case: item }) => progress.update(++done, item.id));
    progress.stop();
    output.print(report(results));
    return results.every(({ verdict }) => verdict !== 'failed');
  } finally {
    grpc?.close();
  }
}

function mlServerCommand(output: Output): Command {
  return command(
    'mlserver',
    'Serves the released model with MLServer and tests that, a server that is not ours.',
  ).action(async () => {
    const server = await startMlServer(await pythonTool('mlserver', output.print));
    try {
      await test({ url: server.url, grpc: server.grpc, model: 'digits' }, output);
    } finally {
      await server.stop();
    }
  });
}

interface TritonclientOptions {
  url?: string;
  grpc?: string;
  batch: number;
}

function tritonclientCommand(output: Output): Command {
  return command('tritonclient', 'Sends all test images through tritonclient, over each protocol of our server.')
    .option('--url <url>', 'a server that runs already; else one is started', httpUrl)
    .option('--grpc <host:port>', 'where it answers gRPC', hostAndPort)
    .option('--batch <n>', 'images in a request', whole(1, 1024), 100)
    .action(async ({ url, grpc, batch }: TritonclientOptions) => {
      const bin = await pythonTool('tritonclient', output.print);
      const own = url === undefined ? await startOwnServer(['--log-level', 'error']) : null;
      try {
        const at = url ?? own!.url;
        const { name: model, version, metrics } = await servedBundle(at);
        const expected = Math.round(metrics.test.accuracy * metrics.test.images);
        const grpcAddress = grpc ?? own?.grpc ?? null;
        for (const protocol of PROTOCOLS) {
          const address = protocol === 'grpc' ? grpcAddress : new URL(at).host;
          if (address === null) {
            output.print(`${protocol}: no address was given (--grpc=host:port)`);
            continue;
          }
          const { said, images, right } = await inferWithTritonclient({ bin, protocol, address, model, batch });
          const same = right === expected ? 'as the bundle says' : `the bundle says ${expected}`;
          output.print(`${protocol}: ${said.server.name} · ${model} ${version} · ${right} of ${images} right, ${same}`);
          if (right !== expected) process.exitCode = 1;
        }
      } finally {
        await own?.stop();
      }
    });
}

function setupCommand(output: Output): Command {
  return command('setup', 'Installs tritonclient, with pinned versions, for the tests.').action(async () => {
    await pythonTool('tritonclient', output.print);
  });
}

function httpUrl(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url?.protocol !== 'http:' || url.pathname !== '/') {
    throw new InvalidArgumentError('Expected an address such as http://127.0.0.1:3000.');
  }
  return url.origin;
}

function hostAndPort(value: string): string {
  if (!/^.+:\d{1,5}$/.test(value)) throw new InvalidArgumentError('Expected host:port, such as 127.0.0.1:9000.');
  return value;
}

function groups(value: string): Group[] {
  return value.split(',').map((name) => {
    const known = GROUPS.find((group) => group === name);
    if (known === undefined) throw new InvalidArgumentError(`Expected some of ${GROUPS.join(',')}.`);
    return known;
  });
}
