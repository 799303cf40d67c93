import type { ReactiveControllerHost } from 'lit';
import type { Digit, Reading } from './api.ts';
import { frameOf } from './explain.ts';
import type { Heat } from './paint.ts';
import type { Layer } from './worker/net.ts';
import type { OpenReader } from './worker/shared-reader.ts';

export interface ExplanationWork {
  /** What reads now; null while nothing is loaded. */
  reader(): OpenReader['reader'] | null;
  /** The digit whose layers are shown. */
  shown(): Digit | null;
  /** Colours the ink on the sheet. */
  showHeat(heat: readonly Heat[]): void;
}

/** What an answer rests on: which ink speaks for it, and what each layer makes of the digit. */
export class Explanation {
  /** The ink is coloured. */
  coloured = false;
  /** Null while nobody wants to see them. */
  layers: readonly Layer[] | null = null;
  /** What is to be explained. */
  #reading: Reading | null = null;
  readonly #host: ReactiveControllerHost;
  readonly #work: ExplanationWork;

  constructor(host: ReactiveControllerHost, work: ExplanationWork) {
    this.#host = host;
    this.#work = work;
  }

  /** The drawing changed: its ink has its own colour again. */
  end(): void {
    this.#reading = null;
    if (!this.coloured) return;
    this.coloured = false;
    this.#work.showHeat([]);
    this.#host.requestUpdate();
  }

  /**
   * Colours the ink by what it says for or against the answer, unless the drawing changes meanwhile.
   * @param drawn the ink is of a pen, not of a picture
   */
  async colour(reading: Reading, drawn: boolean): Promise<void> {
    const reader = this.#work.reader();
    if (reader === null) return;
    this.#reading = reading;
    const heat: Heat[] = [];
    for (const digit of reading.digits) {
      if (digit.index === null) continue;
      heat.push({ ...frameOf(digit, drawn), map: await reader.explain(digit.image, digit.index) });
    }
    if (reading !== this.#reading || heat.length === 0) return;
    this.coloured = true;
    this.#work.showHeat(heat);
    this.#host.requestUpdate();
  }

  openLayers(open: boolean): void {
    this.layers = open ? [] : null;
    void this.updateLayers();
  }

  /** Layers that are shown are those of another digit from now on. */
  async updateLayers(): Promise<void> {
    const [reader, digit] = [this.#work.reader(), this.#work.shown()];
    if (this.layers === null || reader === null || digit === null) return;
    const layers = await reader.layers(digit.image);
    if (this.layers === null) return;
    this.layers = layers;
    this.#host.requestUpdate();
  }
}
