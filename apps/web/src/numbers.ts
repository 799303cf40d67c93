/** Writes a number as a language does. */
export type WriteNumber = (value: number, options?: Intl.NumberFormatOptions) => string;

/**
 * How numbers are written in a language. What writes them is made when it is first needed: a browser's first takes 30 ms,
 * and a page should be painted before that. It is kept, because to make one takes longer than to render a row of numbers.
 * @param language BCP 47 tag
 */
export function numbersIn(language: string): WriteNumber {
  const formats = new Map<string, Intl.NumberFormat>();
  return (value, options = {}) => {
    const key = JSON.stringify(options);
    const format = formats.get(key) ?? new Intl.NumberFormat(language, options);
    formats.set(key, format);
    return format.format(value);
  };
}

/** A share as a percentage. @param digits how many after the decimal point */
export function percentage(write: WriteNumber, share: number, digits: number): string {
  return write(share, { style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A probability in whole per cent. A net is never certain: what would round to 100 % is shown as above 99 %. */
export function certainty(write: WriteNumber, probability: number): string {
  return probability >= 0.995 ? `> ${percentage(write, 0.99, 0)}` : percentage(write, probability, 0);
}
