/** Drawing with keys: where each moves the pen, in steps. Home, End and the page keys go aslant, as on a number pad. */
const moves: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  Home: [-1, -1],
  PageUp: [1, -1],
  End: [-1, 1],
  PageDown: [1, 1],
};
/** A step, as a share of the sheet's side. */
const STEP = 0.05;
/** A step with Shift held. */
const SMALL_STEP = 0.0125;

export interface KeyPen {
  readonly x: number;
  readonly y: number;
  readonly down: boolean;
}

/** In the middle of the upper half, where most digits begin. */
export const keyPenStart: KeyPen = { x: 0.5, y: 0.25, down: false };

/** Keys that the pen answers to. */
export function isPenKey(key: string): boolean {
  return Object.hasOwn(moves, key) || key === ' ' || key === 'Enter' || key === 'Escape';
}

/**
 * Where the pen is after a key: arrows move it, Space or Enter put it down and lift it, Escape lifts it.
 * @param held all keys that are down, the new one among them: two arrows together go aslant
 */
export function pressKey(pen: KeyPen, key: string, held: Iterable<string>, shift: boolean): KeyPen {
  if (key === ' ' || key === 'Enter') return { ...pen, down: !pen.down };
  if (key === 'Escape') return { ...pen, down: false };
  const step = shift ? SMALL_STEP : STEP;
  let [dx, dy] = [0, 0];
  for (const each of held) {
    const [x, y] = moves[each] ?? [0, 0];
    dx += x;
    dy += y;
  }
  return { ...pen, x: within(pen.x + Math.sign(dx) * step), y: within(pen.y + Math.sign(dy) * step) };
}

function within(share: number): number {
  return Math.min(1, Math.max(0, share));
}
