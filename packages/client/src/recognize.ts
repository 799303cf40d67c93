import { type Call, isObject, nonsense, type Reply, readJson } from './transport.ts';

/** A point of a pen's path: x to the right, y down, in any one unit. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What digits are looked for in: a picture's file (PNG, JPEG, WebP, GIF), or the pen's strokes. */
export type Picture = Blob | Uint8Array | { readonly strokes: readonly (readonly Point[])[] };

/** A digit, and what the net saw of it. */
export interface Recognition extends Reading {
  readonly model: ModelIdentity;
}

export interface ModelIdentity {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

/** A line of digits, from left to right. */
export interface Line {
  /** The labels; `?` stands for a part that is no digit. Empty where nothing was drawn. */
  readonly text: string;
  /** Null when every part is a digit. */
  readonly rejection: string | null;
  readonly digits: readonly (Reading & { readonly box: Box })[];
  readonly model: ModelIdentity;
}

/** Where something is, in the unit of the picture or of the strokes. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Reading {
  /** 0..9, or null where it is rejected as no digit. */
  readonly digit: number | null;
  /** The name of the class; models may tell other things apart than digits. */
  readonly label: string | null;
  /** Why there is no digit: `blank`, `uncertain`, …; null where there is one. */
  readonly rejection: string | null;
  /** Of each class, calibrated. */
  readonly probabilities: readonly number[];
  /** The 28 × 28 greys that the net saw, ink bright, row-major. */
  readonly image: readonly number[];
}

export function pictureCall(picture: Picture, mode: 'digit' | 'line'): Call {
  const call = { method: 'POST' as const, path: `/api/recognize?mode=${mode}` };
  if (picture instanceof Blob || picture instanceof Uint8Array) {
    const type = picture instanceof Blob && picture.type !== '' ? picture.type : 'application/octet-stream';
    const body = picture instanceof Blob ? picture : new Blob([new Uint8Array(picture)]);
    return { ...call, headers: { 'Content-Type': type }, body };
  }
  return {
    ...call,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ strokes: picture.strokes }),
  };
}

export function readRecognition(reply: Reply): Recognition {
  const json = readJson(reply);
  if (!Array.isArray(json.probabilities) || !isObject(json.model)) throw nonsense(reply, 'no recognition');
  return json as unknown as Recognition;
}

export function readLine(reply: Reply): Line {
  const json = readJson(reply);
  if (typeof json.text !== 'string' || !Array.isArray(json.digits)) throw nonsense(reply, 'no line of digits');
  return json as unknown as Line;
}
