import {
  type Box,
  drawStrokes,
  type GreyImage,
  type Line,
  layOut,
  occlusionMap,
  type Stroke,
  toTensor,
} from '@mnist-edge/recognizer';
import type { Reading } from '../api.ts';
import { digitsApart } from './digits-apart.ts';
import { openShelf } from './kept-engine.ts';
import { type Lesson, openLessons, zipLessons } from './lessons.ts';
import { loadNet, type Net } from './net.ts';
import { inkOfPicture } from './picture.ts';
import type { Address, Drawing, Reader, Taught } from './reader.ts';
import { type Tuning, tune } from './tune.ts';

/** Strokes no longer than this share of the sheet either way are a dot and no digit. */
const DOT = 0.05;

/** A reader, which begins to load its model at once. */
export function createReader({ model, wasm, precision, keep }: Address): Reader {
  // Another `.wasm` file than this build's own may change under its name, and an engine's memory is of one file.
  const shelf = keep && wasm === null ? openShelf(self.location.href, `${model} ${precision}`) : null;
  const opening = loadNet(model, { ...(wasm !== null && { wasm }), precision, shelf });
  // Whoever opens the reader is told.
  opening.catch(() => {});
  let opened: Net | null = null;
  const lessons = openLessons();

  function net(): Net {
    if (opened === null) throw new Error('The reader was asked before it was opened.');
    return opened;
  }

  /** Tunes the net by all lessons, if that is wanted. */
  async function retune(): Promise<Taught> {
    const [all, on] = await Promise.all([lessons.all(), lessons.isOn()]);
    const known = all.filter(({ label }) => net().bundle.labels.includes(label));
    net().setTuning(on && known.length > 0 ? await tuningFor(net(), known) : null);
    return { count: known.length, on };
  }

  return {
    async open() {
      opened = await opening;
      return opened.bundle;
    },

    inkOf: inkOfPicture,

    async read(drawing, multiple) {
      const { recognizer } = net();
      const [drawn, unit] = 'ink' in drawing ? [drawing.ink, drawing.ink.width] : [drawing.strokes, 1];
      if (multiple) return wholeNumber(await recognizer.recognizeLine(drawn), unit);
      const sheet = sheetOf(drawing);
      if (sheet === null) return null;
      const digit = await recognizer.recognize(sheet.ink);
      const { label, rejection } = digit;
      const tooMany = label === null ? digitsApart(await recognizer.recognizeLine(drawn), unit) : null;
      return { label, rejection, digits: [{ ...digit, box: sheet.box }], tooMany };
    },

    async explain(image, label) {
      const { map } = await occlusionMap(toTensor(image), net().recognizer.logits, { target: label });
      return { occlusion: map, classActivation: await net().classActivation(image, label) };
    },

    layers: (image) => net().layers(image),

    taught: retune,

    async teach(image, label) {
      await lessons.add({ image, label, at: Date.now() });
      return retune();
    },

    async setTaughtOn(on) {
      await lessons.setOn(on);
      return retune();
    },

    async forget() {
      await lessons.clear();
      return retune();
    },

    async exportTaught() {
      const zip = await zipLessons(await lessons.all(), net().bundle.labels);
      return new Blob([zip], { type: 'application/zip' });
    },
  };
}

async function tuningFor({ look, bundle }: Net, lessons: readonly Lesson[]): Promise<Tuning> {
  const seen = [];
  for (const { image } of lessons) seen.push(await look(image));
  return tune({
    features: joined(seen.map(({ features }) => features)),
    logits: joined(seen.map(({ logits }) => logits)),
    labels: lessons.map(({ label }) => bundle.labels.indexOf(label)),
  });
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A drawing as ink, and where it is; null for a dot. */
function sheetOf(drawing: Drawing): { ink: GreyImage; box: Box } | null {
  if ('ink' in drawing) return { ink: drawing.ink, box: inkBox(drawing.ink) };
  const { strokes } = drawing;
  const sheet = layOut(strokes, DOT);
  return sheet && { ink: drawStrokes(sheet.strokes, sheet.canvas), box: boxOf(strokes) };
}

/** @param unit what the sheet's side is in the unit of the line's boxes */
function wholeNumber({ text, digits, rejection }: Line, unit: number): Reading | null {
  if (digits.length === 0) return null;
  const share = ({ left, top, width, height }: Box): Box => ({
    left: left / unit,
    top: top / unit,
    width: width / unit,
    height: height / unit,
  });
  return {
    label: rejection === null ? text : null,
    rejection,
    digits: digits.map((digit) => ({ ...digit, box: share(digit.box) })),
    tooMany: null,
  };
}

function boxOf(strokes: readonly Stroke[]): Box {
  const points = strokes.flat();
  const [left, top] = [Math.min(...points.map(({ x }) => x)), Math.min(...points.map(({ y }) => y))];
  const [right, bottom] = [Math.max(...points.map(({ x }) => x)), Math.max(...points.map(({ y }) => y))];
  return { left, top, width: right - left, height: bottom - top };
}

/** Of a sheet that `inkOfPicture` made: the ink is in its middle. */
function inkBox({ width, height, pixels }: GreyImage): Box {
  let [left, right, top, bottom] = [width, 0, height, 0];
  pixels.forEach((grey, at) => {
    if (grey === 0) return;
    const y = Math.floor(at / width);
    const x = at - y * width;
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
  });
  const share = (pixel: number) => pixel / width;
  return {
    left: share(left),
    top: share(top),
    width: share(right - left + 1),
    height: share(bottom - top + 1),
  };
}
