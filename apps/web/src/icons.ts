import { html, type TemplateResult } from 'lit';

function icon(path: string): TemplateResult {
  return html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d=${path} /></svg>`;
}

export const icons = {
  /** An arrow that turns back. */
  undo: icon('M9 14 4 9l5-5M4.5 9h9a6 6 0 0 1 0 12H9'),
  /** An arrow that turns forward. */
  redo: icon('m15 14 5-5-5-5M19.5 9h-9a6 6 0 0 0 0 12H15'),
  /** A rubber on its line. */
  eraser: icon('M4 15.5 13.5 6a2 2 0 0 1 2.8 0l3.2 3.2a2 2 0 0 1 0 2.8L12 19.5H8zM9 10.5l6 6M12 19.5h8'),
  /** A cross. */
  clear: icon('m6 6 12 12M18 6 6 18'),
  /** A picture of hills and a sun. */
  picture: icon('M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01'),
  camera: icon('M4 8h4l1.5-2.5h5L16 8h4v11H4zM12 16.5a3.25 3.25 0 1 0 0-6.5 3.25 3.25 0 0 0 0 6.5'),
} as const;
