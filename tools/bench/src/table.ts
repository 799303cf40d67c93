/**
 * A Markdown table whose columns line up in a terminal too. The first column is flush left, the others flush right.
 * @param rows each as long as the head
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(' | ')} |`;
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(cells[0]!), line(rule), ...cells.slice(1).map(line)].join('\n');
}

/** Three significant digits, and thousands apart: 12,300; 45.6; 0.0789. */
export function short(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}

/** How many times `part` is `whole`: `0.43×`. */
export function times(part: number, whole: number): string {
  return `${short(part / whole)}×`;
}

/** Bytes in MB (10⁶), as the limits of this project are stated. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;
}
