import type { Point, Stroke } from '@mnist-edge/recognizer';

/** What a pen needs of the element it draws on. */
export type Surface = Pick<
  HTMLElement,
  'addEventListener' | 'removeEventListener' | 'getBoundingClientRect' | 'setPointerCapture'
>;

/** Strokes are in shares of the surface: 0, 0 is its top-left corner, 1, 1 the bottom-right; none lies outside. */
export interface PenWatcher {
  /** The pen touched down or moved; the stroke so far. */
  drawing(stroke: Stroke): void;
  /** The pen was lifted; the whole stroke. */
  drawn(stroke: Stroke): void;
  /** The system took the pen away in the middle of a stroke, which does not count. */
  cancelled(): void;
}

/**
 * Follows the pointer on a surface: a mouse's main button, a finger or a pen. One at a time: what touches while a
 * stroke is being drawn, a second finger or the palm, is ignored. The surface needs `touch-action: none` in its style.
 * @returns call it to stop following
 */
export function followPen(surface: Surface, watcher: PenWatcher): () => void {
  let pointer: number | null = null;
  let stroke: Point[] = [];

  function down(event: PointerEvent): void {
    if (pointer !== null || event.button !== 0) return;
    pointer = event.pointerId;
    // The stroke goes on when the pen leaves the surface, and ends with the pen wherever that is.
    surface.setPointerCapture(pointer);
    stroke = [];
    add([event]);
  }

  function move(event: PointerEvent): void {
    if (event.pointerId !== pointer) return;
    // A browser reports once a frame and keeps the points between; without them a quick curve becomes a polygon.
    const between = event.getCoalescedEvents?.() ?? [];
    add(between.length > 0 ? between : [event]);
  }

  function up(event: PointerEvent): void {
    if (event.pointerId !== pointer) return;
    pointer = null;
    watcher.drawn(stroke);
  }

  function cancel(event: PointerEvent): void {
    if (event.pointerId !== pointer) return;
    pointer = null;
    watcher.cancelled();
  }

  function add(events: readonly PointerEvent[]): void {
    const { left, top, width, height } = surface.getBoundingClientRect();
    const before = stroke.length;
    for (const { clientX, clientY } of events) {
      const point = { x: share(clientX - left, width), y: share(clientY - top, height) };
      const last = stroke.at(-1);
      if (last === undefined || last.x !== point.x || last.y !== point.y) stroke.push(point);
    }
    if (stroke.length > before) watcher.drawing([...stroke]);
  }

  const handlers = { pointerdown: down, pointermove: move, pointerup: up, pointercancel: cancel };
  const types = Object.keys(handlers) as (keyof typeof handlers)[];
  for (const type of types) surface.addEventListener(type, handlers[type]);
  return () => {
    for (const type of types) surface.removeEventListener(type, handlers[type]);
  };
}

function share(offset: number, length: number): number {
  return Math.min(1, Math.max(0, offset / length));
}
