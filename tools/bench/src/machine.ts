import os from 'node:os';

/** What a number was measured on; no number is worth anything without it. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
}

export function thisMachine(): Machine {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model.trim() ?? 'unknown processor',
    // In a container with a share of a machine these two differ.
    cores: Math.min(os.availableParallelism(), cpus.length || Number.POSITIVE_INFINITY),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.platform()} ${os.arch()}`,
    node: process.versions.node,
  };
}

export function describeMachine({ cpu, cores, memoryGiB, system, node }: Machine): string {
  return `${cpu}, ${cores} ${cores === 1 ? 'core' : 'cores'}, ${memoryGiB} GiB, ${system}, Node ${node}`;
}
