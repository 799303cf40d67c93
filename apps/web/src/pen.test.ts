import type { Stroke } from '@mnist-edge/recognizer';
import { describe, expect, test } from 'vitest';
import { followPen, type PenStroke, type Surface } from './pen.ts';

/** A surface 200 × 100 at (10, 20) that events can be sent to, as a browser would. */
function sheet() {
  const target = new EventTarget();
  const captured: number[] = [];
  const last: { pressures: number[] } = { pressures: [] };
  const surface = Object.assign(target, {
    getBoundingClientRect: () => ({ left: 10, top: 20, width: 200, height: 100 }),
    setPointerCapture: (id: number) => void captured.push(id),
  }) as unknown as Surface;
  const log: [string, Stroke?][] = [];
  /** The same strokes without the pressure, which most tests are not about. */
  const path = (stroke: PenStroke) => stroke.map(({ x, y }) => ({ x, y }));
  const release = followPen(surface, {
    drawing: (stroke, eraser) => void log.push([eraser ? 'erasing' : 'drawing', path(stroke)]),
    drawn: (stroke) => {
      log.push(['drawn', path(stroke)]);
      last.pressures = stroke.map(({ pressure }) => pressure);
    },
    cancelled: () => void log.push(['cancelled']),
  });
  function send(type: string, clientX: number, clientY: number, more: object = {}) {
    const at = { clientX, clientY, pageX: clientX, pageY: clientY };
    target.dispatchEvent(Object.assign(new Event(type), { ...at, pointerId: 1, button: 0, ...more }));
  }
  return { send, log, last, captured, release, names: () => log.map(([name]) => name) };
}

describe('followPen', () => {
  test('gives a stroke in shares of the surface, as it grows and when it is done', () => {
    const { send, log, captured } = sheet();
    send('pointerdown', 10, 20);
    send('pointermove', 110, 70);
    send('pointerup', 110, 70);
    expect(log).toEqual([
      ['drawing', [{ x: 0, y: 0 }]],
      [
        'drawing',
        [
          { x: 0, y: 0 },
          { x: 0.5, y: 0.5 },
        ],
      ],
      [
        'drawn',
        [
          { x: 0, y: 0 },
          { x: 0.5, y: 0.5 },
        ],
      ],
    ]);
    expect(captured).toEqual([1]);
  });

  test('takes a page that is scrolled for what it is', () => {
    const { send, log } = sheet();
    send('pointerdown', 110, 20, { pageX: 110, pageY: 320 });
    // Scrolled by 50 under the pen, which stands still on the screen.
    send('pointermove', 110, 20, { pageX: 110, pageY: 370 });
    const last = log.at(-1)![1]!;
    expect(last).toEqual([
      { x: 0.5, y: 0 },
      { x: 0.5, y: 0.5 },
    ]);
  });

  test('follows moves as they happen where the browser tells of them, and takes none twice', () => {
    const { send, log } = sheet();
    send('pointerdown', 10, 20);
    send('pointerrawupdate', 50, 20);
    send('pointerrawupdate', 90, 20);
    const between = [50, 90].map((pageX) => ({ pageX, pageY: 20 }));
    send('pointermove', 90, 20, { getCoalescedEvents: () => between });
    send('pointerup', 90, 20);
    // The next stroke comes from a script that sends no more than it must.
    send('pointerdown', 10, 20);
    send('pointermove', 110, 20);
    send('pointerup', 110, 20);
    const across = log.flatMap(([name, stroke]) => (name === 'drawn' ? [stroke!.map(({ x }) => x)] : []));
    expect(across).toEqual([
      [0, 0.2, 0.4],
      [0, 0.5],
    ]);
  });

  test('takes the points that the browser gathered since the last frame, in their order', () => {
    const { send, log } = sheet();
    const between = [30, 50, 70].map((pageX) => ({ pageX, pageY: 20 }));
    send('pointerdown', 10, 20);
    send('pointermove', 70, 20, { getCoalescedEvents: () => between });
    expect(log.at(-1)?.[1]?.map(({ x }) => x)).toEqual([0, 0.1, 0.2, 0.3]);
  });

  test('takes the event itself where a browser gathers none', () => {
    const { send, log } = sheet();
    send('pointerdown', 10, 20);
    send('pointermove', 50, 20, { getCoalescedEvents: () => [] });
    expect(log.at(-1)?.[1]).toHaveLength(2);
  });

  test('keeps what goes over the edge on the edge', () => {
    const { send, log } = sheet();
    send('pointerdown', 110, 70);
    send('pointermove', 500, -500);
    expect(log.at(-1)?.[1]?.at(-1)).toEqual({ x: 1, y: 0 });
  });

  test("keeps how hard a pen was pressed; a mouse's or a finger's pressure says nothing", () => {
    const { send, last } = sheet();
    send('pointerdown', 10, 20, { pointerType: 'pen', pressure: 0.2 });
    send('pointermove', 60, 60, { pointerType: 'pen', pressure: 0.9 });
    send('pointerup', 60, 60, { pointerType: 'pen', pressure: 0 });
    expect(last.pressures).toEqual([0.2, 0.9]);
    send('pointerdown', 10, 20, { pointerType: 'touch', pressure: 1 });
    send('pointerup', 10, 20, { pointerType: 'touch' });
    expect(last.pressures).toEqual([0.5]);
  });

  test("tells a pen's eraser from its tip", () => {
    const { send, names } = sheet();
    send('pointerdown', 10, 20, { button: 5 });
    send('pointermove', 60, 60);
    send('pointerup', 60, 60, { button: 5 });
    expect(names()).toEqual(['erasing', 'erasing', 'drawn']);
  });

  test('ignores a second finger, from touching down to lifting', () => {
    const { send, names, log } = sheet();
    send('pointerdown', 10, 20);
    send('pointerdown', 90, 90, { pointerId: 2 });
    send('pointermove', 95, 95, { pointerId: 2 });
    send('pointerup', 95, 95, { pointerId: 2 });
    send('pointermove', 20, 20);
    send('pointerup', 20, 20);
    expect(names()).toEqual(['drawing', 'drawing', 'drawn']);
    expect(log.at(-1)?.[1]).toHaveLength(2);
  });

  test("ignores a mouse's other buttons, and moves with no button down", () => {
    const { send, names } = sheet();
    send('pointermove', 15, 25);
    send('pointerdown', 20, 30, { button: 2 });
    send('pointermove', 30, 30);
    send('pointerup', 30, 30, { button: 2 });
    expect(names()).toEqual([]);
  });

  test('drops a stroke that the system takes away, and starts the next one empty', () => {
    const { send, names, log } = sheet();
    send('pointerdown', 10, 20);
    send('pointermove', 60, 60);
    send('pointercancel', 0, 0);
    send('pointerdown', 110, 70);
    expect(names()).toEqual(['drawing', 'drawing', 'cancelled', 'drawing']);
    expect(log.at(-1)?.[1]).toEqual([{ x: 0.5, y: 0.5 }]);
  });

  test('adds no point for a pen that rests', () => {
    const { send, names } = sheet();
    send('pointerdown', 10, 20);
    send('pointermove', 10, 20);
    expect(names()).toEqual(['drawing']);
  });

  test('hands out strokes that later moves do not change', () => {
    const { send, log } = sheet();
    send('pointerdown', 10, 20);
    send('pointermove', 60, 60);
    expect(log[0]?.[1]).toHaveLength(1);
  });

  test('stops when told to', () => {
    const { send, names, release } = sheet();
    release();
    send('pointerdown', 10, 20);
    expect(names()).toEqual([]);
  });
});
