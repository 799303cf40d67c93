import { promisify } from 'node:util';
import { deflate, gzip } from 'node:zlib';

/** Below this, packing takes longer than sending. */
const LEAST_BYTES = 1024;

const encoders = { gzip: promisify(gzip), deflate: promisify(deflate) };
export type Encoding = keyof typeof encoders;

/** How an answer of so many bytes is to be packed by the request's `Accept-Encoding`; null for not at all. */
export function encodingFor(length: number, accepted: string | undefined): Encoding | null {
  return length < LEAST_BYTES || accepted === undefined ? null : preferred(accepted);
}

export function pack(body: Buffer, encoding: Encoding): Promise<Buffer> {
  return encoders[encoding](body);
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
