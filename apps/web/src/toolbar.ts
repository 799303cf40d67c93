import { html, nothing, type TemplateResult } from 'lit';
import { icons } from './icons.ts';
import type { Words } from './words.ts';

export interface ToolbarContent {
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly canClear: boolean;
  readonly erasing: boolean;
  readonly disabled: boolean;
  readonly undo: () => void;
  readonly redo: () => void;
  readonly clear: () => void;
  readonly toggleEraser: () => void;
}

/** The buttons under the sheet. One that can do nothing now stays where Tab finds it. */
export function toolbar(words: Words, content: ToolbarContent): TemplateResult {
  const button = (name: string, icon: TemplateResult, can: boolean, keys: string, click: () => void) =>
    html`<button
      type="button"
      part="button"
      aria-keyshortcuts=${keys}
      aria-disabled=${can && !content.disabled ? nothing : 'true'}
      @click=${click}
    >
      ${icon}${name}
    </button>`;
  return html`<div class="toolbar" part="toolbar">
    ${button(words.undo, icons.undo, content.canUndo, 'Control+Z', content.undo)}
    ${button(words.redo, icons.redo, content.canRedo, 'Control+Y', content.redo)}
    <button type="button" part="button" aria-pressed=${content.erasing ? 'true' : 'false'} @click=${content.toggleEraser}>
      ${icons.eraser}${words.eraser}
    </button>
    ${button(words.clear, icons.clear, content.canClear, 'Delete', content.clear)}
  </div>`;
}
