import type { ReactiveControllerHost } from 'lit';
import type { Digit, Reading } from './api.ts';
import { frameOf } from './explain.ts';
import type { Heat } from './paint.ts';
import type { Layer } from './worker/net.ts';
import type { Evidence } from './worker/reader.ts';
import type { OpenReader } from './worker/shared-reader.ts';

export interface ExplanationWork {
  /** What reads now; null while nothing is loaded. */
  reader(): OpenReader['reader'] | null;
  /** The digit whose layers are shown. */
  shown(): Digit | null;
  /** Colours the ink on the sheet. */
  showHeat(heat: readonly Heat[]): void;
}

/** How it is found out which ink speaks for an answer. */
export type Method = keyof Evidence;

/** Where a digit's frame lies on the sheet, and what its ink says by each method. */
type Finding = Omit<Heat, 'map'> & Evidence;

/** What an answer rests on: which ink speaks for it, and what each layer makes of the digit. */
export class Explanation {
  /** Null while nobody wants to see them. */
  layers: readonly Layer[] | null = null;
  #method: Method = 'occlusion';
  /** What is to be explained. */
  #reading: Reading | null = null;
  /** What colours its ink; empty while that has its own colour. */
  #findings: readonly Finding[] = [];
  readonly #host: ReactiveControllerHost;
  readonly #work: ExplanationWork;

  constructor(host: ReactiveControllerHost, work: ExplanationWork) {
    this.#host = host;
    this.#work = work;
  }

  /** The ink is coloured. */
  get coloured(): boolean {
    return this.#findings.length > 0;
  }

  /** How the ink that is coloured was looked at. */
  get method(): Method {
    return this.methods.includes(this.#method) ? this.#method : 'occlusion';
  }

  set method(method: Method) {
    this.#method = method;
    this.#colour();
  }

  /** Which there are to choose from: not every model has each. */
  get methods(): readonly Method[] {
    const hasBoth = this.#findings.every(({ classActivation }) => classActivation !== null);
    return hasBoth ? ['occlusion', 'classActivation'] : ['occlusion'];
  }

  /** The drawing changed: its ink has its own colour again. */
  end(): void {
    this.#reading = null;
    if (!this.coloured) return;
    this.#findings = [];
    this.#colour();
  }

  /**
   * Colours the ink by what it says for or against the answer, unless the drawing changes meanwhile.
   * @param drawn the ink is of a pen, not of a picture
   */
  async colour(reading: Reading, drawn: boolean): Promise<void> {
    const reader = this.#work.reader();
    if (reader === null) return;
    this.#reading = reading;
    const findings: Finding[] = [];
    for (const digit of reading.digits) {
      if (digit.index === null) continue;
      findings.push({ ...frameOf(digit, drawn), ...(await reader.explain(digit.image, digit.index)) });
    }
    if (reading !== this.#reading || findings.length === 0) return;
    this.#findings = findings;
    this.#colour();
  }

  #colour(): void {
    const { method } = this;
    this.#work.showHeat(this.#findings.map((finding) => ({ ...finding, map: finding[method] ?? finding.occlusion })));
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
