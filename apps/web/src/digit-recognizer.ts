import { SIDE } from '@mnist-edge/recognizer';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Digit, DigitRecognizerElement, Reading, State } from './api.ts';
import { bars } from './bars.ts';
import { Camera } from './camera.ts';
import { cameraView } from './camera-view.ts';
import { evidenceView } from './evidence-view.ts';
import { Explanation } from './explanation.ts';
import { FormElement } from './form-element.ts';
import type { KeyPen } from './key-pen.ts';
import { pickLanguage } from './language.ts';
import { latest } from './latest.ts';
import { layersView } from './layers-view.ts';
import { learnView } from './learn-view.ts';
import { Learning } from './learning.ts';
import { messageOf } from './message-of.ts';
import { certainty, numbersIn, type WriteNumber } from './numbers.ts';
import { padView } from './pad-view.ts';
import { paintPreview } from './paint.ts';
import { Pictures } from './pictures.ts';
import { resultView } from './result-view.ts';
import { Sheet, type SheetHost } from './sheet.ts';
import { shortcutOf } from './shortcut.ts';
import { styles } from './styles/index.ts';
import { toolbar } from './toolbar.ts';
import { adviceOn, type Words, words } from './words.ts';
import type { Address, Drawing } from './worker/reader.ts';
import { isShared, type OpenReader, sharedReader } from './worker/shared-reader.ts';

/** A drawing to recognize. */
interface Request {
  readonly drawing: Drawing;
  /** The pen was lifted, so the answer is worth telling others. */
  readonly settled: boolean;
  /** How often the sheet had been emptied. */
  readonly emptied: number;
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
export class DigitRecognizer extends FormElement implements DigitRecognizerElement, SheetHost {
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = styles;

  static override properties = {
    model: {},
    runtime: {},
    preload: { type: Boolean },
    keep: { type: Boolean },
    precision: {},
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
    selected: { state: true },
    announcement: { state: true },
  };

  declare model: string;
  declare runtime: string;
  declare preload: boolean;
  declare keep: boolean;
  declare precision: 'fp32' | 'int8';
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
  /** Which of several digits is shown in full. */
  declare private selected: number;
  /** Read out by screen readers. */
  declare private announcement: string;

  readonly #sheet = new Sheet(this);
  readonly #pictures = new Pictures(this, {
    words: () => this.#words,
    inkOf: async (picture) => {
      await this.load();
      return this.open?.reader.inkOf(picture);
    },
    show: (ink) => this.#sheet.restart([], ink),
  });
  readonly #learning = new Learning(this, {
    reader: () => this.open?.reader ?? null,
    changed: () => this.drawingChanged(true),
    failed: (message) => {
      this.#pictures.notice = message;
    },
  });
  readonly #explanation = new Explanation(this, {
    reader: () => this.open?.reader ?? null,
    shown: () => this.#shown,
    showHeat: (heat) => this.#sheet.showHeat(heat),
  });
  readonly #recognize = latest<Request>((request) => this.#work(request), requestAnimationFrame);
  /** What was asked for last. */
  #newest: Request | null = null;
  #emptied = 0;
  #numbers: { readonly language: string; readonly write: WriteNumber } | null = null;
  /** What is being loaded. */
  #loading: string | null = null;

  constructor() {
    super();
    this.model = './model/';
    this.runtime = '';
    this.precision = 'fp32';
    this.preload = this.keep = this.multiple = this.explain = this.learn = this.required = this.disabled = false;
    this.name = '';
    this.lang = '';
    this.reading = null;
    this.open = null;
    this.problem = null;
    this.drawn = false;
    this.selected = 0;
    this.announcement = '';
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

  async load(): Promise<void> {
    const address = this.#address;
    const wanted = JSON.stringify(address);
    if (this.open !== null) return;
    if (this.#loading === wanted) {
      await sharedReader(address).catch(() => {});
      return;
    }
    this.#loading = wanted;
    this.problem = null;
    try {
      const open = await sharedReader(address);
      // Another model was asked for meanwhile.
      if (this.#loading !== wanted) return;
      this.open = open;
      this.tell('ready', { model: open.model });
      if (this.learn) await this.#learning.recall();
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
    const { drawing: strokes, ink } = this.#sheet;
    this.drawn = !this.#sheet.isBlank;
    this.#explanation.end();
    if (strokes.length > 0) this.#pictures.notice = null;
    if (!this.drawn) {
      this.reading = null;
      this.#emptied++;
    }
    this.#newest = { drawing: ink === null ? { strokes } : { ink }, settled, emptied: this.#emptied };
    this.#recognize(this.#newest);
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
    if (this.hasUpdated && (['model', 'runtime', 'precision'] as const).some((name) => changed.has(name))) {
      this.open = null;
      this.reading = null;
      this.#loading = null;
      if (this.preload || this.drawn) this.#loadSoon();
    } else if (this.hasUpdated && (changed.has('multiple') || changed.has('explain'))) {
      this.drawingChanged(true);
    }
    if (this.hasUpdated && changed.has('learn') && this.learn) void this.#learning.recall();
    if (changed.has('reading')) {
      this.selected = Math.min(this.selected, Math.max(0, (this.reading?.digits.length ?? 0) - 1));
      if (this.reading === null) this.#learning.asking = false;
    }
  }

  protected override firstUpdated(): void {
    // The first number takes the browser long. So it is written before there is one to show, and not under the pen.
    afterPaint(() => certainty(this.#write, 0));
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('reading') || changed.has('selected')) {
      // As long as nothing was read it is as black as it comes.
      if (this.reading !== null || changed.get('reading')) {
        const blank = new Uint8Array(SIDE * SIDE);
        paintPreview(this.renderRoot.querySelector('.preview canvas')!, this.#shown?.image ?? blank);
      }
      this.internals.setFormValue(this.value, JSON.stringify(this.#sheet.drawing));
    }
    this.#validate();
  }

  protected override render(): TemplateResult {
    const { state } = this;
    const words = this.#words;
    const { notice } = this.#pictures;
    return html`<div class="layout" data-state=${state} @keydown=${this.#onKey} @pointerenter=${this.aboutToDraw}>
        <div class="sheet">
          ${padView(words, {
            hint: this.drawn ? null : this.multiple ? words.drawNumber : words.draw,
            pen: this.#sheet.keyPen,
            dropping: this.#pictures.dropping,
            disabled: this.disabled,
            focused: () => this.aboutToDraw(),
            blurred: () => this.#sheet.blurred(),
            keyDown: (event) => this.#onPadKey(event),
            keyUp: ({ key }) => this.#sheet.keyUp(key),
          })}
          ${
            this.#pictures.camera.stream === null
              ? nothing
              : cameraView(
                  words,
                  this.#pictures.camera.stream,
                  (video) => void this.#pictures.takePicture(video),
                  () => this.#pictures.camera.stop(),
                )
          }
          ${notice === null ? nothing : html`<p class="notice" role="alert">${notice}</p>`}
          <p class="spoken" id="keys">${words.keys}</p>
          ${toolbar(words, {
            canUndo: this.#sheet.canUndo,
            canRedo: this.#sheet.canRedo,
            canClear: this.drawn,
            erasing: this.#sheet.erasing,
            hasCamera: Camera.isThere,
            disabled: this.disabled,
            choosePicture: (files) => void this.#pictures.read(files?.[0]),
            startCamera: () => void this.#pictures.startCamera(),
            undo: () => this.undo(),
            redo: () => this.redo(),
            clear: () => this.clear(),
            toggleEraser: () => {
              this.#sheet.erasing = !this.#sheet.erasing;
              this.requestUpdate();
            },
          })}
        </div>
        ${
          state === 'error'
            ? this.#renderProblem(words)
            : resultView(words, {
                state,
                reading: this.reading,
                certainty: this.#certainty(words.sure),
                selected: this.selected,
                select: (index) => {
                  this.selected = index;
                  void this.#explanation.updateLayers();
                },
              })
        }
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
          write: this.#write,
        })}
        ${
          this.#explanation.coloured && this.reading?.label
            ? evidenceView(words, {
                label: this.reading.label,
                method: this.#explanation.method,
                methods: this.#explanation.methods,
                choose: (method) => {
                  this.#explanation.method = method;
                },
              })
            : nothing
        }
        ${this.learn ? this.#renderLearn(words) : nothing}
        ${this.explain && this.reading !== null ? layersView(words, this.#explanation.layers ?? [], (open) => this.#explanation.openLayers(open)) : nothing}
      </div>
      <p class="spoken" role="status" aria-live="polite">${this.announcement}</p>`;
  }

  #renderLearn(words: Words): TemplateResult {
    return learnView(words, {
      labels: this.open?.model.labels ?? [],
      canTeach: this.#shown !== null,
      asking: this.#learning.asking,
      taught: this.#learning.taught,
      ask: (asking) => {
        this.#learning.asking = asking;
      },
      teach: (label) => void this.#teach(label),
      setOn: (on) => void this.#learning.setOn(on),
      save: () => void this.#learning.save(),
      forget: () => {
        void this.#learning.forget();
        this.announcement = words.forgotten;
      },
    });
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

  get #write(): WriteNumber {
    const language = this.#language;
    if (this.#numbers?.language !== language) this.#numbers = { language, write: numbersIn(language) };
    return this.#numbers.write;
  }

  /** The digit whose image and bars are shown. */
  get #shown(): Digit | null {
    return this.reading?.digits[this.selected] ?? this.reading?.digits[0] ?? null;
  }

  /** How sure the net is of its answer; of several digits, of the least sure. */
  #certainty(phrase: (share: string) => string): string {
    if (this.reading?.label == null) return '';
    const least = Math.min(...this.reading.digits.map(({ probabilities, index }) => probabilities[index!]!));
    return phrase(certainty(this.#write, least));
  }

  get #address(): Address {
    return {
      model: absolute(this.model),
      wasm: this.runtime === '' ? null : absolute(this.runtime),
      precision: this.precision,
      keep: this.keep,
    };
  }

  #loadSoon(): void {
    // What the page is loading already holds nothing up.
    if (isShared(this.#address)) void this.load();
    else afterPaint(() => this.isConnected && this.load());
  }

  #validate(): void {
    if (!this.required || this.value !== '') {
      this.internals.setValidity({});
      return;
    }
    const { reading } = this;
    const message = reading?.rejection ? adviceOn(reading, this.#words) : this.#words.required;
    this.internals.setValidity({ valueMissing: true }, message, this.renderRoot.querySelector<HTMLElement>('.pad')!);
  }

  async #work(request: Request): Promise<void> {
    const { drawing, settled, emptied } = request;
    const { open } = this;
    try {
      const reading = open === null ? null : await open.reader.read(drawing, this.multiple);
      // The sheet was emptied, or the model changed, while the net was at work.
      if (emptied !== this.#emptied || open !== this.open) return;
      this.reading = reading;
      // What is told is of the drawing as it is: where more was drawn meanwhile, that is told of when it is read.
      if (open === null || reading === null || !settled || request !== this.#newest) return;
      this.#announce(reading);
      if (this.explain) await this.#explanation.colour(reading, this.#sheet.ink === null);
      await this.#explanation.updateLayers();
    } catch (error) {
      this.#fail(error);
    }
  }

  #announce(reading: Reading): void {
    if (reading.label === null) {
      this.announcement = adviceOn(reading, this.#words);
      this.tell('rejected', reading);
    } else {
      this.announcement = this.#certainty((share) => this.#words.answered(reading.label!, share));
      this.tell('recognized', reading);
    }
  }

  async #teach(label: string): Promise<void> {
    const shown = this.#shown;
    if (shown === null) return;
    await this.#learning.teach(shown.image, label);
    this.announcement = this.#words.learned(label);
    this.renderRoot.querySelector<HTMLElement>('.pad')?.focus();
  }

  #fail(error: unknown): void {
    this.open = null;
    this.reading = null;
    this.problem = messageOf(error);
    this.tell('error', { message: this.problem, error });
  }

  #onPadKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.#sheet.keyDown(event.key, event.shiftKey)) event.preventDefault();
  }

  #onKey(event: KeyboardEvent): void {
    const does = shortcutOf(event);
    if (does === null || this.disabled) return;
    event.preventDefault();
    this[does]();
  }
}

function absolute(url: string): string {
  return new URL(url, document.baseURI).href;
}

/** Calls back when the page has been painted: what is loaded then is loaded by a worker, and holds nothing up. */
function afterPaint(work: () => void): void {
  requestAnimationFrame(() => setTimeout(work));
}
