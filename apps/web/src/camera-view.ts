import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Words } from './words.ts';

/** What the camera sees, over the sheet, and buttons to take it or not. */
export function cameraView(
  words: Words,
  stream: MediaStream,
  take: (video: HTMLVideoElement) => void,
  stop: () => void,
): TemplateResult {
  const shoot = (event: Event) => {
    take((event.currentTarget as HTMLElement).closest('.camera')!.querySelector('video')!);
  };
  return html`<div class="camera" part="camera">
    <video autoplay muted playsinline aria-label=${words.cameraSees} .srcObject=${live(stream)}></video>
    <div class="shutter">
      <button type="button" part="button" class="take" @click=${shoot}>${words.take}</button>
      <button type="button" part="button" @click=${stop}>${words.cancel}</button>
    </div>
  </div>`;
}
