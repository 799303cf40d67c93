import { findInk } from '@mnist-edge/recognizer';
import express, { type Request, type Response, Router } from 'express';
import { only } from './errors.ts';
import type { Model } from './model.ts';
import { decodePicture } from './picture.ts';
import { Refusal } from './refusal.ts';
import type { Settings } from './settings.ts';

const PICTURE_TYPES = ['image/png', 'image/jpeg', 'application/octet-stream'];

/** `POST /recognize`, to be mounted at `/api`: a picture of one digit in, what it is and what the net saw out. */
export function recognition(model: Model, settings: Pick<Settings, 'maxImageBytes'>): Router {
  const { bundle, recognizer, sha256 } = model;
  const router = Router({ caseSensitive: true });
  router
    .route('/recognize')
    .post(
      (request, _response, next) => {
        checkType(request);
        next();
      },
      express.raw({ limit: settings.maxImageBytes, type: () => true }),
      recognize,
    )
    .all(only('POST'));
  return router;

  async function recognize(request: Request, response: Response): Promise<void> {
    // With no body at all there is nothing for Express to parse.
    const body: unknown = request.body;
    const { image, lossy } = await decodePicture(Buffer.isBuffer(body) ? body : new Uint8Array());
    const result = await recognizer.recognize(findInk(image, lossy));
    response.json({
      // A model may tell other things apart than digits; their names are in `label` alone.
      digit: result.label !== null && /^\d$/.test(result.label) ? Number(result.label) : null,
      label: result.label,
      rejection: result.rejection,
      probabilities: result.probabilities,
      image: Array.from(result.image),
      model: { name: bundle.name, version: bundle.version, sha256 },
    });
  }
}

function checkType(request: Request): void {
  const type = request.get('Content-Type');
  const essence = type?.replace(/\s*;.*/s, '').toLowerCase();
  if (essence === undefined || !PICTURE_TYPES.includes(essence)) {
    throw new Refusal(
      415,
      `The content type is ${type === undefined ? 'missing' : JSON.stringify(type)}; send the picture itself as the body, ` +
        `as ${PICTURE_TYPES.join(', ')}: curl --data-binary @digit.png -H 'Content-Type: image/png' …`,
    );
  }
}
