/**
 * Area under the ROC curve: the probability that a digit scores higher than something that is none, a tie being half.
 * 1 tells them apart always, 0.5 is guessing.
 */
export function auroc(digits: readonly number[], others: readonly number[]): number {
  const all = [...digits.map((score) => ({ score, digit: true })), ...others.map((score) => ({ score, digit: false }))];
  all.sort((a, b) => a.score - b.score);
  let below = 0;
  let wins = 0;
  for (let i = 0; i < all.length; ) {
    let [tiedDigits, tiedOthers] = [0, 0];
    const { score } = all[i]!;
    for (; i < all.length && all[i]!.score === score; i++) {
      if (all[i]!.digit) tiedDigits++;
      else tiedOthers++;
    }
    wins += tiedDigits * (below + tiedOthers / 2);
    below += tiedOthers;
  }
  return wins / (digits.length * others.length);
}
