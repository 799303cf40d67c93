import { findInk } from '@mnist-edge/recognizer';
import { type Request, type Response, Router } from 'express';
import { readBody } from '../http/body.ts';
import { only } from '../http/errors.ts';
import { Refusal } from '../http/refusal.ts';
import type { Models } from '../models/models.ts';
import type { Metrics } from '../operations/metrics.ts';
import type { Settings } from '../settings.ts';
import { decodePicture } from './picture.ts';

const PICTURE_TYPES = ['image/png', 'image/jpeg', 'application/octet-stream'];

/** `POST /recognize`, to be mounted at `/api`: a picture of one digit in, what it is and what the net saw out. */
export function recognition(models: Models, settings: Pick<Settings, 'maxImageBytes'>, metrics: Metrics): Router {
  const router = Router({ caseSensitive: true });
  router.route('/recognize').post(recognize).all(only('POST'));
  return router;

  async function recognize(request: Request, response: Response): Promise<void> {
    checkType(request);
    const { image, lossy } = await decodePicture(await readBody(request, settings.maxImageBytes));
    const model = models.main();
    const { bundle, sha256 } = model;
    const result = await model.use(() => model.recognizer.recognize(findInk(image, lossy)));
    metrics.recognition(result.rejection);
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
