import { command, startProgress } from '@mnist-edge/command';
import { type Command, InvalidArgumentError } from 'commander';
import type { Group } from './case.ts';
import { cases } from './cases/index.ts';
import { conform } from './conform.ts';
import { grpcClient } from './grpc.ts';
import { report } from './report.ts';
import { discover } from './target.ts';

export interface Output {
  print(line: string): void;
}

const GROUPS: readonly Group[] = ['rest', 'http', 'binary', 'classification', 'repository', 'grpc'];

interface ConformOptions {
  url: string;
  grpc?: string;
  model: string;
  repository?: string;
  repositoryKey?: string;
  require: readonly Group[];
  only?: string;
}

export function oipCommand(output: Output): Command {
  return command('oip', 'Tests servers of the Open Inference Protocol.').addCommand(conformCommand(output));
}

function conformCommand(output: Output): Command {
  return command('conform', 'Tests any server against the rules of the protocol and of its extensions.')
    .requiredOption('--url <url>', 'where the server answers REST, such as http://127.0.0.1:3000', httpUrl)
    .option('--grpc <host:port>', 'where it answers gRPC', hostAndPort)
    .option('--model <name>', 'the model to ask', 'digits')
    .option('--repository <url>', 'where it answers the model repository extension', httpUrl)
    .option('--repository-key <key>', 'sent there as Authorization: Bearer <key>')
    .option('--require <groups>', `of ${GROUPS.join(', ')}: those that the server must offer`, groups, [])
    .option('--only <text>', 'only the cases whose name holds this')
    .action(async ({ url, grpc, model, repository, repositoryKey, require, only }: ConformOptions) => {
      const client = grpc === undefined ? null : grpcClient(grpc);
      try {
        const target = await discover(url, model, {
          grpc: client,
          repository: repository === undefined ? null : { url: repository, key: repositoryKey ?? null },
        });
        const chosen = cases.filter(({ id }) => only === undefined || id.includes(only));
        const progress = startProgress('conform', chosen.length);
        let done = 0;
        const results = await conform(target, chosen, require, ({ case: item }) => progress.update(++done, item.id));
        progress.stop();
        output.print(report(results));
        if (results.some(({ verdict }) => verdict === 'failed')) process.exitCode = 1;
      } finally {
        client?.close();
      }
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
