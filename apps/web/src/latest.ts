/**
 * Paces work on a value that changes often, such as a drawing under the pen: at once if it can be, one run at a time, at
 * most one a frame, always on the newest value; values that were overtaken are never worked on.
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
  /** A run was started since the last frame. */
  let started = false;

  async function start(): Promise<void> {
    const { value } = waiting!;
    waiting = null;
    busy = started = true;
    nextFrame(() => {
      started = false;
      startIfDue();
    });
    await work(value);
    busy = false;
    startIfDue();
  }

  function startIfDue(): void {
    if (!busy && !started && waiting !== null) void start();
  }

  return (value) => {
    waiting = { value };
    startIfDue();
  };
}
