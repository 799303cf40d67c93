/** What a key does anywhere in the element; null for nothing. */
export function shortcutOf({
  key,
  ctrlKey,
  metaKey,
  shiftKey,
}: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey'>): 'undo' | 'redo' | 'clear' | null {
  const name = key.toLowerCase();
  if (!ctrlKey && !metaKey) return name === 'delete' || name === 'backspace' ? 'clear' : null;
  if (name === 'y' || (name === 'z' && shiftKey)) return 'redo';
  return name === 'z' ? 'undo' : null;
}
