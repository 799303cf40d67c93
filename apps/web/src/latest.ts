/**
 * Paces work on a value that changes often, such as a drawing under the pen: one run at a time, at most one a frame,
 * always on the newest value; values that were overtaken are never worked on.
 * @param work must not reject
 * @param nextFrame calls back once, at the next frame: `requestAnimationFrame` in a browser
 * @returns call it with every new value
 */
export function latest<Value>(
  work: (value: Value) => Promise<void>,
  nextFrame: (start: () => void) => void,
): (value: Value) => void {
  let waiting: { value: Value } | null = null;
  let busy = false;

  async function start(): Promise<void> {
    const { value } = waiting!;
    waiting = null;
    await work(value);
    busy = false;
    schedule();
  }

  function schedule(): void {
    if (busy || waiting === null) return;
    busy = true;
    nextFrame(() => void start());
  }

  return (value) => {
    waiting = { value };
    schedule();
  };
}
