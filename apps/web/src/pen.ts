import type { Point } from '@mnist-edge/recognizer';

/** A point of a pen's path, and how hard the pen was pressed there: 0..1, where 0.5 is usual. */
export interface PenPoint extends Point {
  readonly pressure: number;
}

export type PenStroke = readonly PenPoint[];

/** What a pen needs of the element it draws on. */
export type Surface = Pick<
  HTMLElement,
  'addEventListener' | 'removeEventListener' | 'getBoundingClientRect' | 'setPointerCapture'
>;

/** Strokes are in shares of the surface: 0, 0 is its top-left corner, 1, 1 the bottom-right; none lies outside. */
export interface PenWatcher {
  /** The pen touched down or moved; the stroke so far. `eraser`: it is the pen's other end. */
  drawing(stroke: PenStroke, eraser: boolean): void;
  /** The pen was lifted; the whole stroke. */
  drawn(stroke: PenStroke, eraser: boolean): void;
  /** The system took the pen away in the middle of a stroke, which does not count. */
  cancelled(): void;
}

/** What pointer events call the eraser at a pen's other end. */
const ERASER = 5;
/** What a mouse or a finger reports as its pressure. */
const USUAL = 0.5;

/**
 * Follows the pointer on a surface: a mouse's main button, a finger, a pen or its eraser. One at a time: what touches
 * while a stroke is being drawn, a second finger or the palm, is ignored. The surface needs `touch-action: none` in its
 * style.
 * @returns call it to stop following
 */
export function followPen(surface: Surface, watcher: PenWatcher): () => void {
  let pointer: number | null = null;
  let eraser = false;
  /** The browser tells of this pointer's moves as they happen. */
  let raw = false;
  let stroke: PenPoint[] = [];
  /** Where the surface was when the pen came down, on the page: asked at every point, the browser would lay out the page anew. */
  let place = { left: 0, top: 0, width: 1, height: 1 };

  function down(event: PointerEvent): void {
    if (pointer !== null || (event.button !== 0 && event.button !== ERASER)) return;
    pointer = event.pointerId;
    eraser = event.button === ERASER;
    raw = false;
    // The stroke goes on when the pen leaves the surface, and ends with the pen wherever that is.
    surface.setPointerCapture(pointer);
    stroke = [];
    const { left, top, width, height } = surface.getBoundingClientRect();
    place = { left: left + event.pageX - event.clientX, top: top + event.pageY - event.clientY, width, height };
    add([event]);
  }

  function moved(event: PointerEvent): void {
    if (event.pointerId !== pointer) return;
    raw = true;
    addAll(event);
  }

  function move(event: PointerEvent): void {
    // What was told as it happened is told again once a frame.
    if (event.pointerId === pointer && !raw) addAll(event);
  }

  function addAll(event: PointerEvent): void {
    // A browser keeps the points between two events; without them a quick curve becomes a polygon.
    const between = event.getCoalescedEvents?.() ?? [];
    add(between.length > 0 ? between : [event]);
  }

  function up(event: PointerEvent): void {
    if (event.pointerId !== pointer) return;
    pointer = null;
    watcher.drawn(stroke, eraser);
  }

  function cancel(event: PointerEvent): void {
    if (event.pointerId !== pointer) return;
    pointer = null;
    watcher.cancelled();
  }

  function add(events: readonly PointerEvent[]): void {
    const before = stroke.length;
    for (const { pageX, pageY, pointerType, pressure } of events) {
      const point = {
        x: share(pageX - place.left, place.width),
        y: share(pageY - place.top, place.height),
        pressure: pointerType === 'pen' ? pressure : USUAL,
      };
      const last = stroke.at(-1);
      if (last === undefined || last.x !== point.x || last.y !== point.y) stroke.push(point);
    }
    if (stroke.length > before) watcher.drawing([...stroke], eraser);
  }

  const handlers = {
    pointerdown: down,
    pointerrawupdate: moved,
    pointermove: move,
    pointerup: up,
    pointercancel: cancel,
  };
  const types = Object.keys(handlers) as (keyof typeof handlers)[];
  for (const type of types) surface.addEventListener(type, handlers[type] as EventListener);
  return () => {
    for (const type of types) surface.removeEventListener(type, handlers[type] as EventListener);
  };
}

function share(offset: number, length: number): number {
  return Math.min(1, Math.max(0, offset / length));
}
