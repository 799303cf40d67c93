/**
 * The name that a mistyped one was probably meant to be, or null when none is near: at most two edits of five letters
 * away, by Levenshtein's distance, as commander does for options.
 */
export function nearest(typed: string, names: readonly string[]): string | null {
  let found: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const edits = distance(typed, name);
    if (edits < least && edits <= 0.4 * Math.max(typed.length, name.length)) [found, least] = [name, edits];
  }
  return found;
}

/** Letters to insert, delete or replace (Levenshtein 1966), row by row. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
