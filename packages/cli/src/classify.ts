import { type Outcome, recognizeFile, type Source } from './recognize-file.ts';

/** Files under way at once: the decoder has a thread of its own, and a server answers several at a time. */
const AT_ONCE = 4;

/**
 * Recognizes files, and hands over each outcome in the order of the files as soon as it and all before it are there.
 * @returns how many could not be recognized for a fault of the file or of the server
 */
export async function classify(
  files: readonly string[],
  source: Source,
  onOutcome: (outcome: Outcome, done: number) => void,
): Promise<number> {
  const underWay: Promise<Outcome>[] = [];
  let next = 0;
  let done = 0;
  let failed = 0;
  while (done < files.length) {
    while (next < files.length && underWay.length < AT_ONCE) underWay.push(recognizeFile(files[next++]!, source));
    const outcome = await underWay.shift()!;
    if ('error' in outcome) failed++;
    onOutcome(outcome, ++done);
  }
  return failed;
}
