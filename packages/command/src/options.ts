import { InvalidArgumentError } from 'commander';

/** A parser for a whole number from `least` to `most`. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || !Number.isSafeInteger(number) || number < least || number > most) {
      const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
      throw new InvalidArgumentError(`Expected a whole number ${range}.`);
    }
    return number;
  };
}

/** A parser for a number above `low` (or from it, with `inclusive`) and at most `high`. */
export function within(low: number, high: number, inclusive = false): (value: string) => number {
  return (value) => {
    const number = value.trim() === '' ? Number.NaN : Number(value);
    if (!(inclusive ? number >= low : number > low) || !(number <= high)) {
      throw new InvalidArgumentError(
        `Expected a number ${inclusive ? 'from' : 'above'} ${low} ${inclusive ? 'to' : 'and at most'} ${high}.`,
      );
    }
    return number;
  };
}

/** A parser for a name that becomes a file or folder name. */
export function plainName(value: string): string {
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(value)) {
    throw new InvalidArgumentError(
      'Expected lower-case letters, digits, dots, dashes or underscores, 64 at most, a letter or digit first.',
    );
  }
  return value;
}
