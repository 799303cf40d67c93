/**
 * A probability as a whole percentage in a language's manner. A net is never certain: what would round to 100 % is
 * shown as above 99 %.
 * @param language BCP 47 tag
 */
export function percent(probability: number, language: string): string {
  const format = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
  return probability >= 0.995 ? `> ${format.format(0.99)}` : format.format(probability);
}
