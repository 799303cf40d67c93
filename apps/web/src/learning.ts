import type { ReactiveControllerHost } from 'lit';
import { messageOf } from './message-of.ts';
import type { Taught } from './worker/reader.ts';
import type { OpenReader } from './worker/shared-reader.ts';

export interface LearningWork {
  /** What reads now; null while nothing is loaded. */
  reader(): OpenReader['reader'] | null;
  /** What was taught has changed: the drawing is to be read again. */
  changed(): void;
  /** Something went wrong, in words. */
  failed(message: string): void;
}

/** What a person taught the net in this browser, as the element shows it. */
export class Learning {
  taught: Taught | null = null;
  readonly #host: ReactiveControllerHost;
  readonly #work: LearningWork;
  #asking = false;

  constructor(host: ReactiveControllerHost, work: LearningWork) {
    this.#host = host;
    this.#work = work;
  }

  /** The person is asked for the right label. */
  get asking(): boolean {
    return this.#asking;
  }

  set asking(asking: boolean) {
    if (asking === this.#asking) return;
    this.#asking = asking;
    this.#host.requestUpdate();
  }

  /** Asks the reader what is known from before. */
  async recall(): Promise<void> {
    const reader = this.#work.reader();
    if (reader === null) return;
    this.taught = await reader.taught();
    this.#host.requestUpdate();
  }

  async teach(image: Uint8Array, label: string): Promise<void> {
    this.asking = false;
    await this.#change((reader) => reader.teach(image, label));
  }

  setOn(on: boolean): Promise<void> {
    return this.#change((reader) => reader.setTaughtOn(on));
  }

  forget(): Promise<void> {
    return this.#change((reader) => reader.forget());
  }

  /** Gives the person the corrections as a file. */
  async save(): Promise<void> {
    const reader = this.#work.reader();
    if (reader === null) return;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await reader.exportTaught());
    link.download = 'digit-recognizer-corrections.zip';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  async #change(work: (reader: OpenReader['reader']) => Promise<Taught>): Promise<void> {
    const reader = this.#work.reader();
    if (reader === null) return;
    try {
      this.taught = await work(reader);
      this.#host.requestUpdate();
      this.#work.changed();
    } catch (error) {
      this.#work.failed(messageOf(error));
    }
  }
}
