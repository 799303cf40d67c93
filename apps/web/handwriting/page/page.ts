import {
  drawStrokes,
  greyImage,
  layOut,
  normalize,
  type Recognition,
  type Recognizer,
  type Stroke,
} from '@mnist-edge/recognizer';
import { loadRecognizer } from '../../src/runtime.ts';
import { digitsApart } from '../../src/worker/digits-apart.ts';
import { onCanvas } from '../canvas.ts';
import { composeNumber, type NumberPlan } from '../numbers.ts';
import { parseDrawings } from '../stroke-file.ts';

declare global {
  /** What the tests call from outside; each gets the address of a file that lies beside the page. */
  var handwriting: {
    /** What the recognizer says of each drawing: a label, or why there is none. */
    drawings(url: string): Promise<string[]>;
    /** The number that it takes each drawing for, where it is no digit; null for none. */
    tooMany(url: string): Promise<(string | null)[]>;
    /** What it says of each number that is put together from these digits. */
    numbers(url: string, plans: readonly NumberPlan[]): Promise<string[]>;
    /** How many of the digits it takes for none. */
    refused(url: string): Promise<number>;
    /** The normalised bytes of digits, enlarged on a canvas, as they come back: their SHA-256, and how many are equal to the digit. */
    normalised(url: string): Promise<{ sha256: string; equal: number }>;
  };
}

const loading: Promise<Recognizer> = loadRecognizer(new URL('./model/', document.baseURI));

async function bytes(url: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}

/** What is said of each drawing, by what the net makes of it as a digit. */
async function ofEach<Said>(
  url: string,
  say: (made: Recognition, strokes: readonly Stroke[]) => Promise<Said>,
): Promise<Said[]> {
  const recognizer = await loading;
  const said: Said[] = [];
  for (const { strokes } of parseDrawings(await (await fetch(url)).text())) {
    const sheet = layOut(strokes, 0)!;
    said.push(await say(await recognizer.recognize(drawStrokes(sheet.strokes, sheet.canvas)), strokes));
  }
  return said;
}

globalThis.handwriting = {
  drawings: (url) => ofEach(url, async ({ label, rejection }) => label ?? rejection!),

  async tooMany(url) {
    const { recognizeLine } = await loading;
    return ofEach(url, async ({ label }, strokes) =>
      label === null ? digitsApart(await recognizeLine(strokes), 1) : null,
    );
  },

  async numbers(url, plans) {
    const recognizer = await loading;
    const images = await bytes(url);
    const said: string[] = [];
    for (const plan of plans) said.push((await recognizer.recognizeLine(composeNumber(images, plan))).text);
    return said;
  },

  async refused(url) {
    const recognizer = await loading;
    const images = await bytes(url);
    let refused = 0;
    for (let start = 0; start < images.length; start += 784) {
      const digit = greyImage(28, 28, images.subarray(start, start + 784));
      if ((await recognizer.recognize(digit)).label === null) refused++;
    }
    return refused;
  },

  async normalised(url) {
    const images = await bytes(url);
    const back = new Uint8Array(images.length);
    let equal = 0;
    for (let start = 0; start < images.length; start += 784) {
      const digit = images.subarray(start, start + 784);
      const frame = normalize(onCanvas(digit, start / 784))!;
      back.set(frame, start);
      if (frame.every((grey, i) => grey === digit[i])) equal++;
    }
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', back));
    return { sha256: Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join(''), equal };
  },
};
