import { timingSafeEqual } from 'node:crypto';

/** Whether an `Authorization` header brings one of the keys; takes as long for a wrong one whatever it is. */
export function hasKey(header: string | undefined, keys: readonly string[]): boolean {
  const given = Buffer.from(/^Bearer +(.+)$/i.exec(header ?? '')?.[1] ?? '');
  let found = false;
  for (const key of keys) {
    const expected = Buffer.from(key);
    if (given.length === expected.length && timingSafeEqual(given, expected)) found = true;
  }
  return found;
}
