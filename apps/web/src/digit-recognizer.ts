import { SIDE } from '@mnist-edge/recognizer';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { DetailOf, Digit, DigitRecognizerElement, DigitRecognizerEvents, Reading, State } from './api.ts';
import { bars } from './bars.ts';
import { styles } from './digit-recognizer.styles.ts';
import type { KeyPen } from './key-pen.ts';
import { pickLanguage } from './language.ts';
import { latest } from './latest.ts';
import { paintPreview } from './paint.ts';
import type { PenStroke } from './pen.ts';
import { percent } from './percent.ts';
import { Sheet, type SheetHost } from './sheet.ts';
import { toolbar } from './toolbar.ts';
import { type Words, words } from './words.ts';
import { type OpenReader, sharedReader } from './worker/shared-reader.ts';

/** A drawing to recognize. */
interface Request {
  readonly strokes: readonly PenStroke[];
  /** The pen was lifted, so the answer is worth telling others. */
  readonly settled: boolean;
}

/**
 * `<digit-recognizer>`: draw a digit, and the net says which it is. Everything happens in the browser.
 *
 * Properties, attributes and events: see `DigitRecognizerElement` and `DigitRecognizerEvents` in `api.ts`. `lang`, `en` or
 * `zh`, else the language of what surrounds the element, else the browser's.
 * Parts: `pad`, `ink`, `toolbar`, `button`, `result`, `answer`, `certainty`, `preview`, `bars`, `bar`, `problem`.
 * CSS properties: `--digit-recognizer-accent`, `-ink`, `-muted`, `-paper`, `-line`, `-track`, `-danger`. Light or dark
 * follows the `color-scheme` of the page.
 * @example
 * <digit-recognizer model="./model/"></digit-recognizer>
 */
export class DigitRecognizer extends LitElement implements DigitRecognizerElement, SheetHost {
  static readonly formAssociated = true;
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = styles;

  static override properties = {
    model: {},
    runtime: {},
    preload: { type: Boolean },
    multiple: { type: Boolean },
    explain: { type: Boolean },
    learn: { type: Boolean },
    name: { reflect: true },
    required: { type: Boolean, reflect: true },
    disabled: { type: Boolean, reflect: true },
    lang: { reflect: true, useDefault: true },
    open: { state: true },
    reading: { state: true },
    problem: { state: true },
    drawn: { state: true },
    announcement: { state: true },
  };

  declare model: string;
  declare runtime: string;
  declare preload: boolean;
  declare multiple: boolean;
  declare explain: boolean;
  declare learn: boolean;
  declare name: string;
  declare required: boolean;
  declare disabled: boolean;
  declare lang: string;
  declare reading: Reading | null;
  declare private open: OpenReader | null;
  declare private problem: string | null;
  declare private drawn: boolean;
  /** Read out by screen readers. */
  declare private announcement: string;

  readonly #internals = this.attachInternals();
  readonly #sheet = new Sheet(this);
  readonly #recognize = latest<Request>((request) => this.#work(request), requestAnimationFrame);
  /** What is being loaded. */
  #loading: string | null = null;

  constructor() {
    super();
    this.model = './model/';
    this.runtime = '';
    this.preload = this.multiple = this.explain = this.learn = this.required = this.disabled = false;
    this.name = '';
    this.lang = '';
    this.reading = null;
    this.open = null;
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
    if (this.open === null) return 'loading';
    if (this.reading === null) return 'empty';
    return this.reading.rejection === null ? 'answered' : 'uncertain';
  }

  get value(): string {
    return this.reading?.label ?? '';
  }

  get form(): HTMLFormElement | null {
    return this.#internals.form;
  }

  get validity(): ValidityState {
    return this.#internals.validity;
  }

  get validationMessage(): string {
    return this.#internals.validationMessage;
  }

  get willValidate(): boolean {
    return this.#internals.willValidate;
  }

  checkValidity(): boolean {
    return this.#internals.checkValidity();
  }

  reportValidity(): boolean {
    return this.#internals.reportValidity();
  }

  async load(): Promise<void> {
    const address = { model: this.#absolute(this.model), wasm: this.runtime && this.#absolute(this.runtime) };
    const wanted = JSON.stringify(address);
    if (this.open !== null || this.#loading === wanted) return;
    this.#loading = wanted;
    this.problem = null;
    try {
      const open = await sharedReader({ ...address, wasm: address.wasm || null });
      // Another model was asked for meanwhile.
      if (this.#loading !== wanted) return;
      this.open = open;
      this.#tell('ready', { model: open.model });
      this.drawingChanged(true);
    } catch (error) {
      if (this.#loading === wanted) this.#fail(error);
    } finally {
      if (this.#loading === wanted) this.#loading = null;
    }
  }

  undo(): void {
    const { drawn } = this;
    this.#sheet.undo();
    if (drawn && !this.drawn) this.announcement = this.#words.cleared;
  }

  redo(): void {
    this.#sheet.redo();
  }

  clear(): void {
    if (!this.drawn) return;
    this.#sheet.clear();
    this.announcement = this.#words.cleared;
  }

  formResetCallback(): void {
    this.#sheet.restart();
  }

  formDisabledCallback(disabled: boolean): void {
    // A fieldset may disable what is in it.
    this.disabled = disabled;
  }

  /** The browser brings back what was drawn before the person went away and came back. */
  formStateRestoreCallback(state: unknown): void {
    if (typeof state === 'string') this.#sheet.restart(JSON.parse(state));
  }

  aboutToDraw(): void {
    if (this.problem === null) void this.load();
  }

  drawingChanged(settled: boolean): void {
    const strokes = this.#sheet.drawing;
    this.drawn = strokes.length > 0;
    this.#recognize({ strokes, settled });
    if (!this.drawn) this.reading = null;
  }

  keyPenMoved(pen: KeyPen): void {
    const phrase = pen.down ? this.#words.penDown : this.#words.penUp;
    if (phrase !== this.announcement && (pen.down || this.announcement === this.#words.penDown)) {
      this.announcement = phrase;
    }
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.preload) this.#loadSoon();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (this.hasUpdated && (changed.has('model') || changed.has('runtime'))) {
      this.open = null;
      this.reading = null;
      this.#loading = null;
      if (this.preload || this.drawn) this.#loadSoon();
    } else if (this.hasUpdated && changed.has('multiple')) {
      this.drawingChanged(true);
    }
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('reading')) {
      const blank = new Uint8Array(SIDE * SIDE);
      paintPreview(this.renderRoot.querySelector('.preview canvas')!, this.#shown?.image ?? blank);
      this.#internals.setFormValue(this.value, JSON.stringify(this.#sheet.drawing));
    }
    this.#validate();
  }

  protected override render(): TemplateResult {
    const { state } = this;
    const words = this.#words;
    const pen = this.#sheet.keyPen;
    return html`<div class="layout" data-state=${state} @keydown=${this.#onKey} @pointerenter=${this.aboutToDraw}>
        <div class="sheet">
          <div
            class="pad"
            part="pad"
            role="application"
            tabindex=${this.disabled ? -1 : 0}
            aria-label=${words.drawHere}
            aria-describedby="keys"
            @focus=${this.aboutToDraw}
            @keydown=${this.#onPadKey}
            @keyup=${(event: KeyboardEvent) => this.#sheet.keyUp(event.key)}
            @blur=${() => this.#sheet.blurred()}
          >
            <canvas class="ink" part="ink"></canvas>
            <p class="hint" aria-hidden="true" ?hidden=${this.drawn}>${this.multiple ? words.drawNumber : words.draw}</p>
            ${
              pen === null
                ? nothing
                : html`<span class="pen ${pen.down ? 'down' : ''}" .style=${`left: ${pen.x * 100}%; top: ${pen.y * 100}%`}></span>`
            }
          </div>
          <p class="spoken" id="keys">${words.keys}</p>
          ${toolbar(words, {
            canUndo: this.#sheet.canUndo,
            canRedo: this.#sheet.canRedo,
            canClear: this.drawn,
            erasing: this.#sheet.erasing,
            disabled: this.disabled,
            undo: () => this.undo(),
            redo: () => this.redo(),
            clear: () => this.clear(),
            toggleEraser: () => {
              this.#sheet.erasing = !this.#sheet.erasing;
              this.requestUpdate();
            },
          })}
        </div>
        ${state === 'error' ? this.#renderProblem(words) : this.#renderResult(state, words)}
        <figure class="preview" part="preview">
          <canvas
            width=${SIDE}
            height=${SIDE}
            role="img"
            aria-label=${this.#shown === null ? words.seenNothing : words.seen}
          ></canvas>
          <figcaption aria-hidden="true">${words.seen}<br />28 × 28</figcaption>
        </figure>
        ${bars({
          labels: this.open?.model.labels ?? null,
          probabilities: this.#shown?.probabilities ?? null,
          best: this.#shown?.index ?? null,
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
      answered: { answer: this.reading?.label, certainty: this.#certainty(words.sure) },
    }[state === 'error' ? 'empty' : state];
    const advice = this.reading?.rejection;
    return html`<div class="result" part="result">
      <p class="answer" part="answer" aria-hidden=${state === 'answered' ? nothing : 'true'}>${text.answer}</p>
      <p class="certainty" part="certainty">${text.certainty}</p>
      ${state === 'uncertain' && advice ? html`<p class="advice">${words.advice[advice]}</p>` : nothing}
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

  /** The digit whose image and bars are shown. */
  get #shown(): Digit | null {
    return this.reading?.digits[0] ?? null;
  }

  /** How sure the net is of its answer; of several digits, of the least sure. */
  #certainty(phrase: (share: string) => string): string {
    if (this.reading?.label == null) return '';
    const least = Math.min(...this.reading.digits.map(({ probabilities, index }) => probabilities[index!]!));
    return phrase(percent(least, this.#language));
  }

  #absolute(url: string): string {
    return new URL(url, document.baseURI).href;
  }

  #loadSoon(): void {
    whenIdle(() => this.isConnected && this.load());
  }

  #validate(): void {
    if (!this.required || this.value !== '') {
      this.#internals.setValidity({});
      return;
    }
    const { rejection } = this.reading ?? {};
    const message = rejection ? this.#words.advice[rejection] : this.#words.required;
    this.#internals.setValidity({ valueMissing: true }, message, this.renderRoot.querySelector<HTMLElement>('.pad')!);
  }

  async #work({ strokes, settled }: Request): Promise<void> {
    const { open } = this;
    try {
      const reading = open === null ? null : await open.reader.readDrawing({ strokes, multiple: this.multiple });
      // The drawing was emptied, or the model changed, while the net was at work.
      if (!this.drawn || open !== this.open) return;
      this.reading = reading;
      if (reading !== null && settled) this.#announce(reading);
    } catch (error) {
      this.#fail(error);
    }
  }

  #announce(reading: Reading): void {
    if (reading.label === null) {
      this.announcement = this.#words.advice[reading.rejection ?? 'uncertain'];
      this.#tell('rejected', reading);
    } else {
      this.announcement = this.#certainty((share) => this.#words.answered(reading.label!, share));
      this.#tell('recognized', reading);
    }
  }

  #fail(error: unknown): void {
    this.open = null;
    this.reading = null;
    this.problem = error instanceof Error ? error.message : String(error);
    this.#tell('error', { message: this.problem, error });
  }

  #tell<Type extends keyof DigitRecognizerEvents>(type: Type, detail: DetailOf<Type>): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #onPadKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.#sheet.keyDown(event.key, event.shiftKey)) event.preventDefault();
  }

  #onKey(event: KeyboardEvent): void {
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    const does =
      command && (key === 'y' || (key === 'z' && event.shiftKey))
        ? () => this.redo()
        : command && key === 'z'
          ? () => this.undo()
          : !command && (key === 'delete' || key === 'backspace')
            ? () => this.clear()
            : null;
    if (does === null || this.disabled) return;
    event.preventDefault();
    does();
  }
}

/** Calls back when the page has nothing better to do, or after a second. */
function whenIdle(work: () => void): void {
  // Safari has no idle callback.
  if ('requestIdleCallback' in globalThis) requestIdleCallback(work, { timeout: 1000 });
  else setTimeout(work, 200);
}
