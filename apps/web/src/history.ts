/** What was, what is, and what was undone; nothing in it ever changes. */
export interface History<Value> {
  /** The oldest first. */
  readonly past: readonly Value[];
  readonly present: Value;
  /** What was undone, the next to come back first. */
  readonly future: readonly Value[];
}

export function startHistory<Value>(present: Value): History<Value> {
  return { past: [], present, future: [] };
}

/** A new present; what was undone is forgotten. */
export function change<Value>({ past, present }: History<Value>, next: Value): History<Value> {
  return { past: [...past, present], present: next, future: [] };
}

/** One step back; the same history where there is none. */
export function undo<Value>(history: History<Value>): History<Value> {
  const { past, present, future } = history;
  return past.length === 0 ? history : { past: past.slice(0, -1), present: past.at(-1)!, future: [present, ...future] };
}

/** One step forward again; the same history where nothing was undone. */
export function redo<Value>(history: History<Value>): History<Value> {
  const { past, present, future } = history;
  return future.length === 0 ? history : { past: [...past, present], present: future[0]!, future: future.slice(1) };
}
