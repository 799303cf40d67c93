import { Broken, type Case, type Group, NotApplicable } from './case.ts';
import type { Target } from './target.ts';

export type Verdict = 'passed' | 'failed' | 'not applicable';

export interface Result {
  readonly case: Case;
  readonly verdict: Verdict;
  /** Why not passed; empty where it did. */
  readonly reason: string;
}

/**
 * Runs cases one after another, so that a request that upsets a server is told from the next.
 * @param required groups whose cases fail where the server does not offer what they need
 */
export async function conform(
  target: Target,
  cases: readonly Case[],
  required: readonly Group[],
  onResult: (result: Result) => void = () => undefined,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const item of cases) {
    const lacking = required.includes(item.group) && canRun(item.group, target) ? null : lacks(item.group, target);
    const result =
      lacking === null
        ? await run(item, target)
        : {
            case: item,
            verdict: required.includes(item.group) ? ('failed' as const) : ('not applicable' as const),
            reason: lacking,
          };
    results.push(result);
    onResult(result);
  }
  return results;
}

async function run(item: Case, target: Target): Promise<Result> {
  try {
    await item.check(target);
    return { case: item, verdict: 'passed', reason: '' };
  } catch (error) {
    if (error instanceof NotApplicable) return { case: item, verdict: 'not applicable', reason: error.message };
    // Whatever else is thrown, on account of an answer that nobody foresaw, is a failure of this case alone.
    const reason = error instanceof Broken ? error.message : `${(error as Error).name}: ${(error as Error).message}`;
    return { case: item, verdict: 'failed', reason };
  }
}

/** What a server lacks for a group of cases to apply, or null. */
function lacks(group: Group, { extensions, grpc, repository }: Target): string | null {
  switch (group) {
    case 'binary':
      return extensions.includes('binary_tensor_data') ? null : 'the server does not list "binary_tensor_data"';
    case 'classification':
      return extensions.includes('classification') ? null : 'the server does not list "classification"';
    case 'grpc':
      return grpc === null ? 'no gRPC address was given (--grpc=host:port)' : null;
    case 'repository':
      return repository === null ? 'no address of the repository was given (--repository=URL)' : null;
    default:
      return null;
  }
}

/** Whether there is an address to send a group's requests to; those of the extensions of REST can always be sent. */
function canRun(group: Group, { grpc, repository }: Target): boolean {
  return group === 'grpc' ? grpc !== null : group === 'repository' ? repository !== null : true;
}
