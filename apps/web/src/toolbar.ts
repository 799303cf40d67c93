import { html, nothing, type TemplateResult } from 'lit';
import { icons } from './icons.ts';
import type { Words } from './words.ts';

export interface ToolbarContent {
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly canClear: boolean;
  readonly erasing: boolean;
  readonly hasCamera: boolean;
  readonly disabled: boolean;
  readonly undo: () => void;
  readonly redo: () => void;
  readonly clear: () => void;
  readonly toggleEraser: () => void;
  readonly choosePicture: (files: FileList | null) => void;
  readonly startCamera: () => void;
}

/** The buttons under the sheet. One that can do nothing now stays where Tab finds it. */
export function toolbar(words: Words, content: ToolbarContent): TemplateResult {
  const button = (name: string, icon: TemplateResult, can: boolean, keys: string | null, click: () => void) =>
    html`<button
      type="button"
      part="button"
      aria-keyshortcuts=${keys ?? nothing}
      aria-disabled=${can && !content.disabled ? nothing : 'true'}
      @click=${() => !content.disabled && click()}
    >
      ${icon}${name}
    </button>`;
  const choose = (event: Event) => {
    const input = (event.currentTarget as HTMLElement).nextElementSibling as HTMLInputElement;
    // Without this, choosing the same file again would be no change.
    input.value = '';
    input.click();
  };
  return html`<div class="toolbar" part="toolbar">
    ${button(words.undo, icons.undo, content.canUndo, 'Control+Z', content.undo)}
    ${button(words.redo, icons.redo, content.canRedo, 'Control+Y', content.redo)}
    <button
      type="button"
      part="button"
      aria-pressed=${content.erasing ? 'true' : 'false'}
      ?disabled=${content.disabled}
      @click=${content.toggleEraser}
    >
      ${icons.eraser}${words.eraser}
    </button>
    ${button(words.clear, icons.clear, content.canClear, 'Delete', content.clear)}
    <button type="button" part="button" class="picture" ?disabled=${content.disabled} @click=${choose}>
      ${icons.picture}${words.picture}
    </button>
    <input
      type="file"
      accept="image/*"
      hidden
      aria-label=${words.picture}
      @change=${(event: Event) => content.choosePicture((event.target as HTMLInputElement).files)}
    />
    ${content.hasCamera ? button(words.camera, icons.camera, true, null, content.startCamera) : nothing}
  </div>`;
}
