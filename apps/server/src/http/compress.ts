import { promisify } from 'node:util';
import { deflate, gzip } from 'node:zlib';

/** Below this, packing takes longer than sending. */
const LEAST_BYTES = 1024;

const encoders = { gzip: promisify(gzip), deflate: promisify(deflate) };
type Encoding = keyof typeof encoders;

/**
 * Packs an answer as the request's `Accept-Encoding` allows; small answers and other requests keep their bytes.
 * @returns the bytes, and the `Content-Encoding` they have, if any
 */
export async function compress(
  body: Buffer,
  accepted: string | undefined,
): Promise<{ readonly bytes: Buffer; readonly encoding: Encoding | null }> {
  const encoding = body.length < LEAST_BYTES || accepted === undefined ? null : preferred(accepted);
  return encoding === null ? { bytes: body, encoding } : { bytes: await encoders[encoding](body), encoding };
}

/** The first of ours that the client accepts with the highest weight; null for none. */
function preferred(accepted: string): Encoding | null {
  const weights = new Map<string, number>();
  for (const item of accepted.toLowerCase().split(',')) {
    const [name, ...parameters] = item.split(';').map((part) => part.trim());
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    weights.set(name!, q === undefined ? 1 : Number(q.slice(2)));
  }
  const weight = (name: Encoding) => weights.get(name) ?? weights.get('*') ?? 0;
  const best: Encoding = weight('deflate') > weight('gzip') ? 'deflate' : 'gzip';
  return weight(best) > 0 ? best : null;
}
