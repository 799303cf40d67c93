import { execFileSync } from 'node:child_process';

/** Cores by their numbers, as `taskset` lists them: `0` or `1-3,5`. */
export type CoreList = string;

/** Who runs where, so that a load does not take what it measures. */
export interface Shares {
  readonly client: CoreList;
  readonly servers: CoreList;
  /** The first of those. */
  readonly firstServer: CoreList;
  /** How many cores the servers have. */
  readonly serverCores: number;
}

/** One core for the client and the others for the servers; null with a single core, or where there is no `taskset`. */
export function shareCores(): Shares | null {
  const cores = ownCores();
  const [client, ...servers] = cores;
  const [firstServer] = servers;
  if (client === undefined || firstServer === undefined) return null;
  return {
    client: String(client),
    servers: servers.join(),
    firstServer: String(firstServer),
    serverCores: servers.length,
  };
}

/** The cores that this process may use; none where that cannot be told. */
function ownCores(): readonly number[] {
  try {
    const words = execFileSync('taskset', ['-cp', String(process.pid)], { encoding: 'utf8', stdio: 'pipe' });
    return parseCores(words.slice(words.lastIndexOf(':') + 1).trim());
  } catch {
    return [];
  }
}

/** @param list such as `0,2-4` */
export function parseCores(list: CoreList): readonly number[] {
  return list.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/** Keeps this process, its threads, and whatever it starts from now on, to some cores. */
export function stayOn(cores: CoreList): void {
  execFileSync('taskset', ['-acp', cores, String(process.pid)], { stdio: 'pipe' });
}
