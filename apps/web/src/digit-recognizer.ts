import { drawStrokes, type Recognition, type Recognizer, SIDE, type Stroke } from '@mnist-edge/recognizer';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { bars } from './bars.ts';
import { styles } from './digit-recognizer.styles.ts';
import type { DetailOf, DigitRecognizerEvents } from './events.ts';
import { clearIcon, undoIcon } from './icons.ts';
import { pickLanguage } from './language.ts';
import { latest } from './latest.ts';
import { paintDrawing, paintPreview, SCREEN_PEN } from './paint.ts';
import { followPen } from './pen.ts';
import { layOut } from './pen-width.ts';
import { percent } from './percent.ts';
import { sharedRecognizer } from './shared-recognizer.ts';
import { type Words, words } from './words.ts';

/** `loading`: a drawing waits for the model. `empty`: nothing is drawn yet. `uncertain`: what is drawn is no digit. */
export type State = 'loading' | 'empty' | 'answered' | 'uncertain' | 'error';

/** A drawing to recognize. */
interface Request {
  readonly strokes: readonly Stroke[];
  /** The pen was lifted, so the answer is worth telling others. */
  readonly settled: boolean;
}

/**
 * `<digit-recognizer>`: draw a digit, and the net says which it is. Everything happens in the browser.
 *
 * Attributes: `model`, URL of the model bundle's folder relative to the page (`./model/`); `lang`, `en` or `zh`, else
 * the language of what surrounds it, else the browser's.
 * Events: see `DigitRecognizerEvents`.
 * Parts: `pad`, `ink`, `toolbar`, `button`, `result`, `answer`, `certainty`, `preview`, `bars`, `bar`, `problem`.
 * CSS properties: `--digit-recognizer-accent`, `-ink`, `-muted`, `-paper`, `-line`, `-track`, `-danger`. Light or dark
 * follows the `color-scheme` of the page.
 * @example
 * <digit-recognizer model="./model/"></digit-recognizer>
 */
export class DigitRecognizer extends LitElement {
  static override styles = styles;

  static override properties = {
    model: {},
    lang: { reflect: true, useDefault: true },
    recognizer: { state: true },
    recognition: { state: true },
    problem: { state: true },
    drawn: { state: true },
    announcement: { state: true },
  };

  /** URL of the model bundle's folder, relative to the page. */
  declare model: string;
  declare lang: string;
  declare private recognizer: Recognizer | null;
  declare private recognition: Recognition | null;
  declare private problem: string | null;
  declare private drawn: boolean;
  /** Read out by screen readers. */
  declare private announcement: string;

  #strokes: readonly Stroke[] = [];
  #unfinished: Stroke | null = null;
  readonly #recognize = latest<Request>((request) => this.#work(request), requestAnimationFrame);
  /** The model that is being loaded. */
  #loading: string | null = null;
  /** Undoes what connecting did. */
  #disconnect: () => void = () => {};

  constructor() {
    super();
    this.model = './model/';
    this.lang = '';
    this.recognizer = null;
    this.recognition = null;
    this.problem = null;
    this.drawn = false;
    this.announcement = '';
  }

  override addEventListener<Type extends keyof DigitRecognizerEvents>(
    type: Type,
    listener: (event: DigitRecognizerEvents[Type]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void {
    super.addEventListener(type, listener, options);
  }

  get state(): State {
    if (this.problem !== null) return 'error';
    if (!this.drawn) return 'empty';
    if (this.recognizer === null) return 'loading';
    if (this.recognition === null) return 'empty';
    return this.recognition.rejection === null ? 'answered' : 'uncertain';
  }

  /** Loads the model now, rather than when the page is idle. An `error` or `ready` event tells how it went. */
  async load(): Promise<void> {
    const { model } = this;
    if (this.recognizer !== null || this.#loading === model) return;
    this.#loading = model;
    this.problem = null;
    try {
      const recognizer = await sharedRecognizer(new URL(model, document.baseURI).href);
      // Another model was asked for meanwhile.
      if (this.#loading !== model) return;
      this.recognizer = recognizer;
      this.#tell('ready', { bundle: recognizer.bundle });
      this.#changed(true);
    } catch (error) {
      if (this.#loading === model) this.#fail(error);
    } finally {
      if (this.#loading === model) this.#loading = null;
    }
  }

  /** Takes the last stroke back. */
  undo(): void {
    if (this.#strokes.length === 0) return;
    this.#strokes = this.#strokes.slice(0, -1);
    this.#changed(true);
    if (this.#strokes.length === 0) this.announcement = this.#words.cleared;
  }

  /** Empties the drawing. */
  clear(): void {
    if (this.#strokes.length === 0) return;
    this.#strokes = [];
    this.#changed(true);
    this.announcement = this.#words.cleared;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.updateComplete.then(() => this.isConnected && this.#connect());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#disconnect();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (this.hasUpdated && changed.has('model')) {
      this.recognizer = null;
      this.recognition = null;
      this.#loading = null;
      this.#loadSoon();
    }
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('recognition')) {
      const blank = new Uint8Array(SIDE * SIDE);
      paintPreview(this.renderRoot.querySelector('.preview canvas')!, this.recognition?.image ?? blank);
    }
  }

  protected override render(): TemplateResult {
    const { recognition, state } = this;
    const words = this.#words;
    const idle = this.drawn ? nothing : 'true';
    return html`<div class="layout" data-state=${state} @keydown=${this.#onKey}>
        <div class="sheet">
          <div class="pad" part="pad" tabindex="-1">
            <canvas class="ink" part="ink" role="img" aria-label=${words.drawHere}></canvas>
            <p class="hint" ?hidden=${this.drawn}>${words.draw}</p>
          </div>
          <div class="toolbar" part="toolbar">
            <button type="button" part="button" aria-keyshortcuts="Control+Z" aria-disabled=${idle} @click=${this.undo}>
              ${undoIcon}${words.undo}
            </button>
            <button type="button" part="button" aria-keyshortcuts="Delete" aria-disabled=${idle} @click=${this.clear}>
              ${clearIcon}${words.clear}
            </button>
          </div>
        </div>
        ${state === 'error' ? this.#renderProblem(words) : this.#renderResult(state, words)}
        <figure class="preview" part="preview">
          <canvas
            width=${SIDE}
            height=${SIDE}
            role="img"
            aria-label=${recognition === null ? words.seenNothing : words.seen}
          ></canvas>
          <figcaption aria-hidden="true">${words.seen}<br />28 × 28</figcaption>
        </figure>
        ${bars({
          labels: this.recognizer?.bundle.labels ?? null,
          probabilities: recognition?.probabilities ?? null,
          best: recognition?.index ?? null,
          name: words.probabilities,
          language: this.#language,
        })}
      </div>
      <p class="spoken" role="status" aria-live="polite">${this.announcement}</p>`;
  }

  #renderResult(state: State, words: Words): TemplateResult {
    const text = {
      loading: { answer: '…', certainty: words.loading },
      empty: { answer: '', certainty: words.awaiting },
      uncertain: { answer: '?', certainty: words.uncertain },
      answered: { answer: this.recognition?.label, certainty: this.#certainty(words.sure) },
    }[state === 'error' ? 'empty' : state];
    return html`<div class="result" part="result">
      <p class="answer" part="answer" aria-hidden=${state === 'answered' ? nothing : 'true'}>${text.answer}</p>
      <p class="certainty" part="certainty">${text.certainty}</p>
      ${state === 'uncertain' ? html`<p class="advice">${words.uncertainAdvice}</p>` : nothing}
    </div>`;
  }

  #renderProblem(words: Words): TemplateResult {
    return html`<div class="result problem" part="problem" role="alert">
      <p class="certainty">${words.failed}</p>
      <p class="advice" lang="en">${this.problem}</p>
      <button type="button" part="button" @click=${this.load}>${words.retry}</button>
    </div>`;
  }

  get #language() {
    const around = this.closest<HTMLElement>('[lang]:not([lang=""])')?.lang ?? '';
    return pickLanguage([around, ...navigator.languages]);
  }

  get #words(): Words {
    return words[this.#language];
  }

  #certainty(phrase: (share: string) => string): string {
    const { probabilities, index } = this.recognition ?? { probabilities: [], index: null };
    return index === null ? '' : phrase(percent(probabilities[index]!, this.#language));
  }

  #loadSoon(): void {
    whenIdle(() => this.isConnected && this.load());
  }

  #connect(): void {
    this.#disconnect();
    this.#loadSoon();
    const pad = this.renderRoot.querySelector<HTMLElement>('.pad')!;
    const canvas = this.renderRoot.querySelector<HTMLCanvasElement>('.ink')!;
    const release = followPen(canvas, {
      drawing: (stroke) => {
        if (stroke.length === 1 && this.problem === null) void this.load();
        this.#unfinished = stroke;
        this.#changed(false);
      },
      drawn: (stroke) => {
        this.#unfinished = null;
        this.#strokes = [...this.#strokes, stroke];
        this.#changed(true);
      },
      cancelled: () => {
        this.#unfinished = null;
        this.#changed(true);
      },
    });
    const paint = () => this.#paint();
    const resized = new ResizeObserver(paint);
    resized.observe(pad);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', paint);
    this.#disconnect = () => {
      release();
      resized.disconnect();
      dark.removeEventListener('change', paint);
    };
  }

  get #drawing(): readonly Stroke[] {
    return this.#unfinished === null ? this.#strokes : [...this.#strokes, this.#unfinished];
  }

  #paint(): void {
    paintDrawing(this.renderRoot.querySelector('.ink')!, this.#drawing);
  }

  #changed(settled: boolean): void {
    const strokes = this.#drawing;
    this.drawn = strokes.length > 0;
    this.#paint();
    this.#recognize({ strokes, settled });
    if (!this.drawn) this.recognition = null;
  }

  async #work({ strokes, settled }: Request): Promise<void> {
    const recognizer = this.recognizer;
    const sheet = layOut(strokes, SCREEN_PEN);
    try {
      const recognition =
        recognizer === null || sheet === null
          ? null
          : await recognizer.recognize(drawStrokes(sheet.strokes, sheet.canvas));
      // The drawing was emptied, or the model changed, while the net was at work.
      if (!this.drawn || recognizer !== this.recognizer) return;
      this.recognition = recognition;
      if (recognition === null || !settled) return;
      if (recognition.label === null) {
        this.announcement = this.#words.uncertainAdvice;
        this.#tell('rejected', recognition);
      } else {
        this.announcement = this.#certainty((share) => this.#words.answered(recognition.label!, share));
        this.#tell('recognized', recognition);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.recognizer = null;
    this.recognition = null;
    this.problem = error instanceof Error ? error.message : String(error);
    this.#tell('error', { message: this.problem, error });
  }

  #tell<Type extends keyof DigitRecognizerEvents>(type: Type, detail: DetailOf<Type>): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #onKey(event: KeyboardEvent): void {
    const undo = event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey) && !event.shiftKey;
    if (!undo && event.key !== 'Delete' && event.key !== 'Backspace') return;
    event.preventDefault();
    if (undo) this.undo();
    else this.clear();
  }
}

/** Calls back when the page has nothing better to do, or after a second. */
function whenIdle(work: () => void): void {
  // Safari has no idle callback.
  if ('requestIdleCallback' in globalThis) requestIdleCallback(work, { timeout: 1000 });
  else setTimeout(work, 200);
}
