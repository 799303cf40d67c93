import type { Recognition } from '@mnist-edge/recognizer';
import { type Request, type Response, Router } from 'express';
import { readBody } from '../http/body.ts';
import { only } from '../http/errors.ts';
import { parseJson } from '../http/json.ts';
import { Refusal } from '../http/refusal.ts';
import type { Models } from '../models/models.ts';
import type { Metrics } from '../operations/metrics.ts';
import type { Settings } from '../settings.ts';
import { MOST_PIXELS } from './picture.ts';
import { type Drawing, inkOf, type Mode, readPicture, readRecognizeRequest } from './recognize-request.ts';

/** Of a request's JSON: the greys of the largest picture, and the envelope. */
const MOST_VALUES = MOST_PIXELS + 1000;

export const PICTURE_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'application/octet-stream'];

/**
 * `POST /recognize`, to be mounted at `/api`: a picture, pixels or strokes in; what digit it is and what the net saw
 * out. With `?mode=line`, or `"mode": "line"` in JSON, a line of digits.
 */
export function recognition(models: Models, settings: Pick<Settings, 'maxImageBytes'>, metrics: Metrics): Router {
  const router = Router({ caseSensitive: true });
  router.route('/recognize').post(recognize).all(only('POST'));
  return router;

  async function recognize(request: Request, response: Response): Promise<void> {
    const { drawing, mode } = await read(request);
    const model = models.main();
    const { name, version } = model.bundle;
    const identity = { name, version, sha256: model.sha256 };
    if (mode === 'line') {
      const strokesOrInk = 'ink' in drawing ? drawing.ink : drawing.strokes;
      const line = await model.use(() => model.recognizer.recognizeLine(strokesOrInk));
      for (const digit of line.digits) metrics.recognition(digit.rejection);
      const digits = line.digits.map((digit) => ({ ...shown(digit), box: digit.box }));
      response.json({ text: line.text, rejection: line.rejection, digits, model: identity });
      return;
    }
    const result = await model.use(() => model.recognizer.recognize(inkOf(drawing)));
    metrics.recognition(result.rejection);
    response.json({ ...shown(result), model: identity });
  }

  async function read(request: Request): Promise<{ drawing: Drawing; mode: Mode }> {
    const type = request.get('Content-Type');
    const essence = type?.replace(/\s*;.*/s, '').toLowerCase();
    const asked = new URL(request.url, 'http://x').searchParams.get('mode') ?? 'digit';
    if (asked !== 'digit' && asked !== 'line') {
      throw new Refusal(400, `mode is ${JSON.stringify(asked.slice(0, 40))}; it must be "digit" or "line".`);
    }
    if (essence === 'application/json') {
      const json = parseJson(await readBody(request, settings.maxImageBytes), MOST_VALUES);
      const read = await readRecognizeRequest(json);
      return asked === 'line' ? { ...read, mode: asked } : read;
    }
    if (essence === undefined || !PICTURE_TYPES.includes(essence)) {
      throw new Refusal(
        415,
        `The content type is ${type === undefined ? 'missing' : JSON.stringify(type)}; send the picture itself as the body, ` +
          `as ${PICTURE_TYPES.join(', ')}: curl --data-binary @digit.png -H 'Content-Type: image/png' …; or send JSON.`,
      );
    }
    return { drawing: await readPicture(await readBody(request, settings.maxImageBytes)), mode: asked };
  }
}

function shown({ label, rejection, probabilities, image }: Recognition) {
  return {
    // A model may tell other things apart than digits; their names are in `label` alone.
    digit: label !== null && /^\d$/.test(label) ? Number(label) : null,
    label,
    rejection,
    probabilities,
    image: Array.from(image),
  };
}
