/** A share of one as people read it, such as `99.69 %`. @param digits behind the point */
export function percent(share: number, digits = 2): string {
  return `${(100 * share).toFixed(digits)} %`;
}
