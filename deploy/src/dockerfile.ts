import { Problem } from '@mnist-edge/recognizer';

export type Step =
  | { readonly kind: 'run'; readonly command: string }
  | {
      readonly kind: 'copy';
      readonly from: string | null;
      readonly sources: readonly string[];
      readonly target: string;
    }
  | { readonly kind: 'env'; readonly variables: Readonly<Record<string, string>> }
  | { readonly kind: 'workdir'; readonly path: string };

export interface Stage {
  readonly base: string;
  readonly name: string | null;
  readonly steps: readonly Step[];
  /** As `user:group`, or null where the base image's stays. */
  readonly user: string | null;
  readonly command: readonly string[] | null;
  readonly healthcheck: readonly string[] | null;
}

/**
 * Reads as much of the Dockerfile language as this project's file uses.
 * @throws {Problem} for an instruction it does not know: what is not understood must not be passed over
 */
export function parseDockerfile(text: string): Stage[] {
  const stages: { -readonly [K in keyof Stage]: K extends 'steps' ? Step[] : Stage[K] }[] = [];
  for (const line of logicalLines(text)) {
    const [, word = '', rest = ''] = /^(\w+)\s+(.*)$/s.exec(line) ?? [];
    const stage = stages.at(-1);
    if (word === 'FROM') {
      const [base = '', , name = null] = rest.split(/\s+/);
      stages.push({ base, name, steps: [], user: null, command: null, healthcheck: null });
      continue;
    }
    if (stage === undefined) throw new Problem(`Before the first FROM: ${line}`);
    switch (word) {
      case 'RUN':
        stage.steps.push({ kind: 'run', command: rest });
        break;
      case 'WORKDIR':
        stage.steps.push({ kind: 'workdir', path: rest });
        break;
      case 'ENV':
        stage.steps.push({ kind: 'env', variables: Object.fromEntries(rest.split(/\s+/).map(pair)) });
        break;
      case 'COPY': {
        const words = rest.split(/\s+/);
        const from = words[0]!.startsWith('--from=') ? words.shift()!.slice('--from='.length) : null;
        stage.steps.push({ kind: 'copy', from, target: words.pop()!, sources: words });
        break;
      }
      case 'USER':
        stage.user = rest;
        break;
      case 'CMD':
        stage.command = JSON.parse(rest) as string[];
        break;
      case 'HEALTHCHECK':
        stage.healthcheck = JSON.parse(rest.slice(rest.indexOf('CMD ') + 4)) as string[];
        break;
      case 'EXPOSE':
        break;
      default:
        throw new Problem(`This reader of Dockerfiles does not know ${word}: ${line}`);
    }
  }
  return stages;
}

/** Lines with their continuations, without comments and empty ones. */
function logicalLines(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join('\n')
    .replace(/\\\n/g, ' ')
    .split('\n');
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}
