/** Where the lines for the person go. */
export type Say = (line: string) => void;

/** Says that a long step begins and, when it is done, how long it took. A failed step says nothing more: its error does. */
export async function step<T>(say: Say, what: string, work: () => Promise<T>): Promise<T> {
  say(`${what} …`);
  const start = performance.now();
  const result = await work();
  say(`${what}: done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
}
