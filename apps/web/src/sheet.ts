import type { GreyImage } from '@mnist-edge/recognizer';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { erase } from './erase.ts';
import { change, type History, redo, startHistory, undo } from './history.ts';
import { isPenKey, type KeyPen, keyPenStart, pressKey } from './key-pen.ts';
import { ERASER_RADIUS, type Heat, paintDrawing } from './paint.ts';
import { followPen, type PenStroke } from './pen.ts';

/** What the sheet needs of the element it is part of. */
export interface SheetHost extends ReactiveControllerHost {
  readonly renderRoot: HTMLElement | DocumentFragment;
  readonly disabled: boolean;
  /** Someone is about to draw. */
  aboutToDraw(): void;
  /** The drawing changed; `settled`: the pen is up. */
  drawingChanged(settled: boolean): void;
  /** The pen of the keyboard was put down or lifted. */
  keyPenMoved(pen: KeyPen): void;
}

type Drawing = readonly PenStroke[];

const blank: Drawing = [];

/** The sheet that is drawn on, by pointer and by keys, with all its states since the beginning. */
export class Sheet implements ReactiveController {
  /** The next stroke erases. */
  erasing = false;
  /** Where the keyboard's pen is; null until a key moved it. */
  keyPen: KeyPen | null = null;
  /** A picture's ink that lies on the sheet instead of a drawing. */
  ink: GreyImage | null = null;
  /** Shown over the ink. */
  #heat: readonly Heat[] = [];
  #history: History<Drawing> = startHistory(blank);
  /** What is shown while the pen is down. */
  #unfinished: Drawing | null = null;
  /** The keyboard's stroke while its pen is down. */
  #keyStroke: PenStroke = [];
  readonly #held = new Set<string>();
  /** A frame was asked for, to paint in. */
  #paintSoon = false;
  /** There is something on the canvas; until then it costs nothing. */
  #painted = false;
  readonly #host: SheetHost;
  #disconnect: () => void = () => {};

  constructor(host: SheetHost) {
    this.#host = host;
    host.addController(this);
  }

  get drawing(): Drawing {
    return this.#unfinished ?? this.#history.present;
  }

  get canUndo(): boolean {
    return this.#history.past.length > 0;
  }

  get canRedo(): boolean {
    return this.#history.future.length > 0;
  }

  undo(): void {
    this.#go(undo(this.#history));
  }

  redo(): void {
    this.#go(redo(this.#history));
  }

  clear(): void {
    if (this.#history.present.length > 0) this.#go(change(this.#history, blank));
    else if (this.ink !== null) this.restart();
  }

  get isBlank(): boolean {
    return this.drawing.length === 0 && this.ink === null;
  }

  /** Puts a drawing or a picture's ink here and forgets what was before. */
  restart(drawing: Drawing = blank, ink: GreyImage | null = null): void {
    this.keyPen = null;
    this.ink = ink;
    this.#go(startHistory(drawing));
  }

  hostConnected(): void {
    void this.#host.updateComplete.then(() => this.#connect());
  }

  hostDisconnected(): void {
    this.#disconnect();
  }

  /** Draws with the keyboard. @returns whether the key meant something */
  keyDown(key: string, shift: boolean): boolean {
    if (!isPenKey(key) || this.#host.disabled) return false;
    this.#held.add(key);
    const before = this.keyPen;
    // The first key shows where the pen is.
    const pen = before === null ? keyPenStart : pressKey(before, key, this.#held, shift);
    this.keyPen = pen;
    const here = { x: pen.x, y: pen.y, pressure: 0.5 };
    if (pen.down) {
      this.#keyStroke = before?.down ? [...this.#keyStroke, here] : [here];
      this.#draw(this.#keyStroke, this.erasing);
    } else if (before?.down) {
      this.#drawn(this.#keyStroke, this.erasing);
    }
    this.#host.keyPenMoved(pen);
    this.#host.requestUpdate();
    return true;
  }

  keyUp(key: string): void {
    this.#held.delete(key);
  }

  /** The keyboard went elsewhere: its pen is lifted. */
  blurred(): void {
    this.#held.clear();
    if (this.keyPen?.down) {
      this.keyPen = { ...this.keyPen, down: false };
      this.#drawn(this.#keyStroke, this.erasing);
    }
  }

  /** Shows the drawing with the next frame: pens report more often than screens show. */
  paint(): void {
    if (this.#paintSoon) return;
    this.#paintSoon = true;
    requestAnimationFrame(() => {
      this.#paintSoon = false;
      this.#paintNow();
    });
  }

  #paintNow(): void {
    if (this.isBlank && !this.#painted) return;
    this.#painted = true;
    const canvas = this.#host.renderRoot.querySelector<HTMLCanvasElement>('.ink');
    if (canvas !== null) paintDrawing(canvas, { strokes: this.drawing, ink: this.ink, heat: this.#heat });
  }

  showHeat(heat: readonly Heat[]): void {
    this.#heat = heat;
    this.paint();
  }

  #connect(): void {
    this.#disconnect();
    const canvas = this.#host.renderRoot.querySelector<HTMLCanvasElement>('.ink')!;
    const release = followPen(canvas, {
      drawing: (stroke, eraser) => {
        if (this.#host.disabled) return;
        if (stroke.length === 1) this.#host.aboutToDraw();
        this.#draw(stroke, eraser || this.erasing);
      },
      drawn: (stroke, eraser) => {
        if (!this.#host.disabled) this.#drawn(stroke, eraser || this.erasing);
      },
      cancelled: () => {
        this.#unfinished = null;
        this.#changed(true);
      },
    });
    const paint = () => this.paint();
    const resized = new ResizeObserver(paint);
    resized.observe(canvas);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', paint);
    this.#disconnect = () => {
      release();
      resized.disconnect();
      dark.removeEventListener('change', paint);
    };
  }

  #with(stroke: PenStroke, eraser: boolean): Drawing {
    const { present } = this.#history;
    return eraser ? erase(present, stroke, ERASER_RADIUS) : [...present, stroke];
  }

  #draw(stroke: PenStroke, eraser: boolean): void {
    // Whoever begins to draw is done with the picture.
    this.ink = null;
    this.#unfinished = this.#with(stroke, eraser);
    this.#changed(false);
  }

  #drawn(stroke: PenStroke, eraser: boolean): void {
    const next = this.#with(stroke, eraser);
    this.#go(next === this.#history.present ? this.#history : change(this.#history, next));
  }

  #go(history: History<Drawing>): void {
    this.#history = history;
    this.#unfinished = null;
    this.#changed(true);
  }

  #changed(settled: boolean): void {
    this.paint();
    this.#host.drawingChanged(settled);
    // Under the pen nothing else changes than what the host itself notices.
    if (settled) this.#host.requestUpdate();
  }
}
