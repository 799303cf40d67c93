import { readdirSync, readFileSync } from 'node:fs';
import { Problem } from '@mnist-edge/recognizer';

/** A process as /proc/<pid>/status tells of it. */
export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  /** Bytes of memory it holds in RAM (its resident set). */
  readonly resident: number;
}

/** Reads the text of /proc/<pid>/status; null when it is no such text. */
export function parseStatus(text: string): ProcessInfo | null {
  const number = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN);
  const [pid, parent, kibibytes] = [number('Pid'), number('PPid'), number('VmRSS')];
  if (Number.isNaN(pid) || Number.isNaN(parent)) return null;
  // A process that has ended and waits for its parent has no memory left, and no such line.
  return { pid, parent, resident: Number.isNaN(kibibytes) ? 0 : kibibytes * 1024 };
}

/** The sum of the resident sets of a process and all that it started, directly or not; 0 when it is gone. */
export function treeResident(root: number, processes: readonly ProcessInfo[]): number {
  const inTree = new Set([root]);
  for (let before = 0; before !== inTree.size; ) {
    before = inTree.size;
    for (const { pid, parent } of processes) if (inTree.has(parent)) inTree.add(pid);
  }
  return processes.filter(({ pid }) => inTree.has(pid)).reduce((sum, { resident }) => sum + resident, 0);
}

/**
 * The resident memory of a process and its descendants now, in bytes. Pages that two of them share count twice, so
 * the truth is at most this.
 * @throws {Problem} where there is no /proc
 */
export function residentNow(root: number): number {
  return treeResident(root, listProcesses());
}

function listProcesses(): ProcessInfo[] {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch (error) {
    throw new Problem('The memory of processes is read from /proc, which only Linux has. Run this part on Linux.', {
      cause: error,
    });
  }
  return names.flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return parseStatus(readFileSync(`/proc/${name}/status`, 'utf8')) ?? [];
    } catch {
      return []; // It ended meanwhile.
    }
  });
}
