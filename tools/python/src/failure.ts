import { Problem } from '@mnist-edge/recognizer';
import type { Outcome } from './child.ts';

/** What the output of pip, pipx, node-gyp and their like shows → what a person can do about it. The first that fits counts. */
const ways: readonly (readonly [RegExp, string])[] = [
  [
    /No space left on device|ENOSPC|Disk quota exceeded/i,
    'The disk is full. Free some space (the environment needs about 3 GB, with CUDA 9 GB) and run the same command again.',
  ],
  [
    /ensurepip is not available|No module named '?(venv|ensurepip|pip)\b/,
    'This Python lacks its venv module. On Debian and Ubuntu: apt install python3-venv',
  ],
  [
    /CERTIFICATE_VERIFY_FAILED|certificate verify failed/i,
    "The package index's certificate is not trusted here. Behind a proxy, point PIP_CERT at the proxy's certificate file.",
  ],
  [
    /name resolution|Name or service not known|ENOTFOUND|EAI_AGAIN|Failed to establish a new connection|NewConnectionError|Connection refused|ECONNREFUSED|Network is unreachable|ENETUNREACH|ProxyError|timed out|ETIMEDOUT/i,
    'The package index cannot be reached. Check the network (and HTTPS_PROXY, PIP_INDEX_URL where you need them) and run the same command again; what was downloaded is kept by pip.',
  ],
  [
    /No matching distribution found|Could not find a version that satisfies/i,
    'The package index does not have that package for this Python and machine. Where PIP_INDEX_URL points to a mirror, check that it is complete.',
  ],
  [
    /(make|g\+\+|c\+\+|cc1plus)\S*: (command )?not found|not found: make|spawn make ENOENT|(g\+\+|cc1plus)\S*: No such file|cannot execute .?cc1plus/i,
    'A C++ compiler or make is missing. On Debian and Ubuntu: apt install build-essential',
  ],
  [
    /Killed|Cannot allocate memory|MemoryError|out of memory/i,
    'The machine ran out of memory. Close other programs and run the same command again.',
  ],
];

/** The Problem of a step whose child failed: the step, the last useful lines it printed, and the way out. */
export function stepFailed(step: string, outcome: Outcome, log: string): Problem {
  const how = outcome.code === null ? 'was killed' : `ended with exit code ${outcome.code}`;
  const lines = usefulLines(outcome.output);
  return new Problem(
    [
      `This step failed: ${step} (it ${how}).`,
      ...(lines.length > 0 ? lines : ['(it printed nothing)']).map((line) => `  | ${line}`),
      wayOut(outcome) ?? 'Run the same command again; if it fails the same way, the log tells more.',
      `The full log: ${log}`,
    ].join('\n'),
  );
}

export function wayOut({ code, output }: Outcome): string | null {
  const way = ways.find(([sign]) => sign.test(output));
  // 137 is what a shell makes of SIGKILL, the kernel's answer to too little memory.
  return way?.[1] ?? (code === 137 ? ways.at(-1)![1] : null);
}

const MOST_LINES = 8;

/** The last lines that say something: no blank ones, no repeats, no progress bars, and the errors before the chatter. */
function usefulLines(output: string): string[] {
  const lines = output
    .split(/[\r\n]+/)
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== '' && !/^\s*[━╸╺\s]+\S* |^\s*\^+\s*$/.test(line));
  const distinct = lines.filter((line, index) => lines.indexOf(line) === index);
  const errors = distinct.filter((line) => /error|fail|fatal|not found|no such|unable|cannot|could not/i.test(line));
  return (errors.length > 0 ? errors : distinct).slice(-MOST_LINES).map((line) => line.slice(0, 300));
}
