import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonFolder } from './venv.ts';

/** What is checked of every answer. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];

export interface SchemathesisOptions {
  /** The folder of the programs of its environment. */
  readonly bin: string;
  readonly url: string;
  /** Generated requests for each operation. */
  readonly examples: number;
  readonly seed: number;
}

export interface Schemathesis {
  readonly passed: boolean;
  readonly output: string;
}

/** Has schemathesis read the server's OpenAPI document, make requests of it, and hold the answers against it. */
export async function schemathesis({ bin, url, examples, seed }: SchemathesisOptions): Promise<Schemathesis> {
  const child = spawn(
    join(bin, 'st'),
    [
      ...['--config-file', join(pythonFolder, 'schemathesis.toml')],
      'run',
      `${url}/openapi.json`,
      ...['--checks', CHECKS.join(',')],
      // Without stateful tests: no operation of the document makes something that another one takes.
      ...['--phases', 'examples,coverage,fuzzing'],
      ...['--max-examples', String(examples), '--seed', String(seed)],
      ...['--generation-database', 'none', '--continue-on-failure', '--suppress-health-check', 'all'],
    ],
    // It writes what it saw into its working folder.
    { cwd: tmpdir(), stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1' } },
  );
  let output = '';
  const listen = (chunk: Buffer) => {
    output += chunk;
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  const [code] = await once(child, 'close');
  return { passed: code === 0, output };
}
