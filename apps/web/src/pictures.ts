import type { GreyImage } from '@mnist-edge/recognizer';
import type { ReactiveControllerHost } from 'lit';
import { Camera } from './camera.ts';
import { messageOf } from './message-of.ts';
import type { Words } from './words.ts';

/** What pictures come in by: they are chosen, pasted and dropped on this element. */
export interface PicturesHost extends ReactiveControllerHost, EventTarget {
  readonly renderRoot: HTMLElement | DocumentFragment;
  readonly disabled: boolean;
}

export interface PictureWork {
  words(): Words;
  /** The picture's ink; null where there is none, undefined where nothing can be read now. */
  inkOf(picture: Blob | ImageBitmap): Promise<GreyImage | null | undefined>;
  /** Puts the ink on the sheet. */
  show(ink: GreyImage): void;
}

/** Pictures instead of strokes: from a file, the clipboard, by drag and drop, and from the camera. */
export class Pictures {
  readonly camera: Camera;
  /** A picture is being dragged over the element. */
  dropping = false;
  readonly #host: PicturesHost;
  readonly #work: PictureWork;
  #notice: string | null = null;

  constructor(host: PicturesHost, work: PictureWork) {
    this.#host = host;
    this.#work = work;
    this.camera = new Camera(host);
    host.addEventListener('paste', (event) => this.#take(event, (event as ClipboardEvent).clipboardData));
    host.addEventListener('dragover', (event) => this.#onDrag(event as DragEvent));
    host.addEventListener('dragleave', () => this.#setDropping(false));
    host.addEventListener('drop', (event) => {
      this.#setDropping(false);
      this.#take(event, (event as DragEvent).dataTransfer);
    });
  }

  /** What went wrong with a picture or the camera; null where nothing did. */
  get notice(): string | null {
    return this.#notice;
  }

  set notice(notice: string | null) {
    if (notice === this.#notice) return;
    this.#notice = notice;
    this.#host.requestUpdate();
  }

  async read(picture: Blob | ImageBitmap | null | undefined): Promise<void> {
    if (!picture || this.#host.disabled) return;
    this.notice = null;
    try {
      const ink = await this.#work.inkOf(picture);
      if (ink === null) this.notice = this.#work.words().noInk;
      else if (ink !== undefined) this.#work.show(ink);
    } catch (error) {
      this.notice = messageOf(error);
    }
  }

  async startCamera(): Promise<void> {
    this.notice = null;
    try {
      await this.camera.start();
      await this.#host.updateComplete;
      this.#host.renderRoot.querySelector<HTMLElement>('.take')?.focus();
    } catch {
      this.notice = this.#work.words().noCamera;
    }
  }

  async takePicture(video: HTMLVideoElement): Promise<void> {
    const picture = await createImageBitmap(video);
    this.camera.stop();
    await this.read(picture);
  }

  #setDropping(dropping: boolean): void {
    if (dropping === this.dropping) return;
    this.dropping = dropping;
    this.#host.requestUpdate();
  }

  #onDrag(event: DragEvent): void {
    if (this.#host.disabled || !event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    this.#setDropping(true);
  }

  #take(event: Event, data: DataTransfer | null): void {
    const file = data?.files[0];
    if (file === undefined) return;
    event.preventDefault();
    void this.read(file);
  }
}
