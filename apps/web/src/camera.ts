import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** The camera, while it is on. Its picture goes nowhere but to this page. */
export class Camera implements ReactiveController {
  /** What the camera sees; null while it is off. */
  stream: MediaStream | null = null;
  readonly #host: ReactiveControllerHost;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  static get isThere(): boolean {
    // Only asked whether it is there: at its first use the browser sets out to look for devices.
    return 'mediaDevices' in navigator;
  }

  /** @throws when there is none, or the person does not allow it */
  async start(): Promise<void> {
    this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' }, audio: false });
    this.#host.requestUpdate();
  }

  stop(): void {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    this.stop();
  }
}
