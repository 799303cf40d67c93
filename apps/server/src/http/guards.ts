import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { hasKey } from './keys.ts';
import { Refusal } from './refusal.ts';

/** Lets in who brings one of the keys, as `Authorization: Bearer <key>` or `X-API-Key: <key>`; health is everybody's. */
export function askForKey(keys: readonly string[]): RequestHandler {
  return (request, _response, next) => {
    const other = request.get('X-API-Key');
    if (
      request.originalUrl.startsWith('/v2/health/') ||
      hasKey(request.headers.authorization, keys) ||
      (other !== undefined && hasKey(`Bearer ${other}`, keys))
    ) {
      next();
      return;
    }
    throw new Refusal(401, 'This server needs a key: Authorization: Bearer <key>, or X-API-Key: <key>.', {
      'WWW-Authenticate': 'Bearer',
    });
  };
}

/** @param perMinute requests that one address may send to this process */
export function limitRate(perMinute: number): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: 'draft-7',
    legacyHeaders: false,
    skip: (request) => request.originalUrl.startsWith('/v2/health/'),
    handler: (_request, response) => {
      const seconds = response.getHeader('Retry-After') ?? 60;
      throw new Refusal(429, `Too many requests: ${perMinute} a minute are allowed. Try again in ${seconds} s.`);
    },
  });
}
