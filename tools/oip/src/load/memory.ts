import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory of a process and all that it started, in MB; read from /proc. */
export function residentMegabytes(pid: number): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const number = Number(name);
    if (Number.isInteger(number)) parents.set(number, parentOf(number));
  }
  const isOurs = (process: number): boolean => {
    for (let at = process; at > 1; at = parents.get(at) ?? 0) if (at === pid) return true;
    return false;
  };
  let kilobytes = 0;
  for (const process of parents.keys()) if (isOurs(process)) kilobytes += Number(field(process, 'VmRSS') ?? 0);
  return kilobytes / 1024;
}

export function parentOf(pid: number): number {
  return Number(field(pid, 'PPid') ?? 0);
}

function field(pid: number, name: string): string | undefined {
  try {
    return new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  } catch {
    // It ended meanwhile.
    return undefined;
  }
}

/** Whether memory came to rest: its last quarter is not above its second but for a tenth and 24 MB. */
export function isFlat(megabytes: readonly number[]): boolean {
  const quarter = Math.max(1, Math.floor(megabytes.length / 4));
  return median(megabytes.slice(-quarter)) <= 1.1 * median(megabytes.slice(quarter, 2 * quarter)) + 24;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** @param share 0..1 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
