/**
 * How probabilities are written in a language: as whole percentages. A net is never certain: what would round to 100 %
 * is shown as above 99 %.
 * @param language BCP 47 tag
 */
export function percentIn(language: string): (probability: number) => string {
  const format = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
  return (probability) => (probability >= 0.995 ? `> ${format.format(0.99)}` : format.format(probability));
}
