import { type Box, findComponents } from './components.ts';
import { type GreyImage, greyImage } from './grey-image.ts';
import { layOut } from './lay-out.ts';
import { findSeams, type Seam } from './seams.ts';
import { type Canvas, drawStrokes, type Point, type Stroke } from './strokes.ts';

/** A piece of a line that belongs to one digit, if the line was cut finely enough. */
export interface Part {
  readonly box: Box;
  /** Ink between this part and the one to its left that a cut goes through, in heights of the line; null where they are apart. */
  readonly cut: number | null;
}

/** A line of digits, cut into parts from left to right. */
export interface Parts {
  readonly list: readonly Part[];
  /** Height of the tallest part before any was cut, in the unit of the boxes. */
  readonly height: number;
  /** The parts from `first` to `last`, both included, as one image: ink bright on black. */
  draw(first: number, last: number): GreyImage;
}

/** The most parts that a line is cut into; of more, the largest count. */
const MOST_PARTS = 40;
/** Pieces smaller than this, in heights of the line both ways, are specks, unless there is nothing else. */
const SPECK = 0.08;
/** A piece narrower than this, in heights of the line, is not cut. */
const NARROW = 0.5;
/** Cuts of a piece are so far from each other, in heights of the line. */
const APART = 0.2;

/** Cuts ink (bright on black) into parts: what hangs together, and where that is wide, pieces of it. */
export function partsOfInk(ink: GreyImage): Parts {
  const { labels, list } = findComponents(ink);
  const pieces = largest(
    list.map(({ box }, label) => ({ box, label })),
    ({ box }) => box,
  );
  const height = Math.max(1, ...pieces.map(({ box }) => box.height));
  let spare = MOST_PARTS - pieces.length;
  const parts = pieces.flatMap(({ box, label }) => {
    const has = (at: number) => labels[at] === label;
    const seams = cutsOf(ink, box, has, height, spare);
    spare -= seams.length;
    return cutPiece(ink, box, has, seams, height);
  });
  const sorted = inOrder(parts);
  return {
    list: sorted,
    height,
    draw: (first, last) => {
      const chosen = sorted.slice(first, last + 1);
      const box = around(chosen.map((part) => part.box));
      const image = greyImage(box.width, box.height);
      for (const { pixels } of chosen) {
        for (const at of pixels) {
          const y = Math.floor(at / ink.width);
          image.pixels[(y - box.top) * box.width + at - y * ink.width - box.left] = ink.pixels[at]!;
        }
      }
      return image;
    },
  };
}

/** Height that a line of strokes is drawn at to find where to cut them, in pixels; and the pen that draws it. */
const DRAWN_HEIGHT = 80;
const DRAWN_PEN = 8;

/**
 * Cuts strokes into parts: each stroke is one, and where that is wide, pieces of it.
 * @param strokes in any unit; a dot has no size that the pen's width could follow from, and counts for nothing
 */
export function partsOfStrokes(strokes: readonly Stroke[]): Parts {
  const pieces = largest(
    strokes.map((stroke) => ({ box: boxOf(stroke), stroke })).filter(({ box }) => hasSize(box)),
    ({ box }) => box,
  );
  // A lone level stroke is as high as the pen that draws it.
  const height = Math.max(...pieces.map(({ box }) => Math.max(box.height, box.width / 8)));
  let spare = MOST_PARTS - pieces.length;
  const parts = pieces.flatMap(({ box, stroke }) => {
    const cut = cutStroke(box, stroke, height, spare);
    spare -= cut.length - 1;
    return cut;
  });
  const sorted = inOrder(parts);
  return {
    list: sorted,
    height,
    draw: (first, last) => drawSheet(sorted.slice(first, last + 1).flatMap((part) => part.strokes)),
  };
}

/** Strokes as an image of one digit. */
function drawSheet(strokes: readonly Stroke[]): GreyImage {
  const sheet = layOut(strokes, 0);
  return sheet === null ? greyImage(1, 1) : drawStrokes(sheet.strokes, sheet.canvas);
}

type StrokePart = Part & { readonly strokes: readonly Stroke[] };

function cutStroke(box: Box, stroke: Stroke, height: number, spare: number): StrokePart[] {
  if (box.width < NARROW * height) return [{ box, cut: null, strokes: [stroke] }];
  const scale = DRAWN_HEIGHT / height;
  const canvas: Canvas = {
    width: Math.ceil(box.width * scale) + 2 * DRAWN_PEN,
    height: Math.ceil(box.height * scale) + 2 * DRAWN_PEN,
    pen: DRAWN_PEN,
  };
  const place = ({ x, y }: Point): Point => ({
    x: (x - box.left) * scale + DRAWN_PEN,
    y: (y - box.top) * scale + DRAWN_PEN,
  });
  const drawn = stroke.map(place);
  const image = drawStrokes([drawn], canvas);
  const whole = { left: 0, top: 0, width: canvas.width, height: canvas.height };
  const seams = cutsOf(image, whole, (at) => image.pixels[at]! > 0, DRAWN_HEIGHT, spare);
  if (seams.length === 0) return [{ box, cut: null, strokes: [stroke] }];
  const sideOf = ({ x, y }: Point) =>
    seams.filter(({ columns }) => x >= columns[Math.min(columns.length - 1, Math.max(0, Math.floor(y)))]!).length;
  const pieces: Point[][][] = seams.map(() => []);
  pieces.push([]);
  let side = -1;
  for (let i = 0; i < stroke.length; i++) {
    // As many steps to the next point as there are pixels, so that a cut between two points is found.
    const next = Math.min(stroke.length - 1, i + 1);
    const steps = Math.max(
      1,
      Math.ceil(Math.max(Math.abs(drawn[next]!.x - drawn[i]!.x), Math.abs(drawn[next]!.y - drawn[i]!.y))),
    );
    for (let step = 0; step < steps; step++) {
      const t = step / steps;
      const here = sideOf(between(drawn[i]!, drawn[next]!, t));
      if (here === side && step > 0) continue;
      if (here !== side) pieces[here]!.push([]);
      side = here;
      pieces[here]!.at(-1)!.push(between(stroke[i]!, stroke[next]!, t));
    }
  }
  return pieces
    .map((strokes, i) => ({
      box: boxOf(strokes.flat()),
      cut: i === 0 ? null : seams[i - 1]!.cost / DRAWN_HEIGHT,
      strokes,
    }))
    .filter(({ box }) => hasSize(box));
}

function between(a: Point, b: Point, t: number): Point {
  return { x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y) };
}

function hasSize({ width, height }: Box): boolean {
  return Math.max(width, height) > 0;
}

/** The box around points; of no points, one of no size. */
function boxOf(points: readonly Point[]): Box {
  let left = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (const { x, y } of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { left, top, width: right - left, height: bottom - top };
}

/** The smallest box around all. */
export function around(boxes: readonly Box[]): Box {
  const left = Math.min(...boxes.map((box) => box.left));
  const top = Math.min(...boxes.map((box) => box.top));
  const right = Math.max(...boxes.map((box) => box.left + box.width));
  const bottom = Math.max(...boxes.map((box) => box.top + box.height));
  return { left, top, width: right - left, height: bottom - top };
}

/** Leaves specks out, and the smallest of more pieces than a line can have. */
function largest<Piece>(pieces: readonly Piece[], boxOf: (piece: Piece) => Box): Piece[] {
  const size = (piece: Piece) => Math.max(boxOf(piece).width, boxOf(piece).height);
  const height = Math.max(0, ...pieces.map((piece) => boxOf(piece).height));
  return pieces
    .filter((piece) => size(piece) >= SPECK * height)
    .sort((a, b) => size(b) - size(a))
    .slice(0, MOST_PARTS / 2);
}

function cutsOf(image: GreyImage, box: Box, has: (at: number) => boolean, lineHeight: number, spare: number): Seam[] {
  if (box.width < NARROW * lineHeight) return [];
  const most = Math.min(spare, Math.ceil(box.width / (2 * APART * lineHeight)) + 1);
  return findSeams(image, box, has, { lineHeight, apart: APART * lineHeight, most });
}

/** The pieces that seams cut a component into. */
function cutPiece(image: GreyImage, box: Box, has: (at: number) => boolean, seams: readonly Seam[], height: number) {
  const pixels: number[][] = seams.map(() => []);
  pixels.push([]);
  for (let y = 0; y < box.height; y++) {
    for (let x = box.left; x < box.left + box.width; x++) {
      const at = (box.top + y) * image.width + x;
      if (!has(at)) continue;
      let side = 0;
      for (const { columns } of seams) if (x >= columns[y]!) side++;
      pixels[side]!.push(at);
    }
  }
  return pixels.flatMap((inside, index) =>
    inside.length === 0
      ? []
      : [
          {
            box: pixelBox(inside, image.width),
            cut: index === 0 ? null : seams[index - 1]!.cost / height,
            pixels: Int32Array.from(inside),
          },
        ],
  );
}

function pixelBox(pixels: readonly number[], width: number): Box {
  let [left, right, top, bottom] = [width, 0, Number.POSITIVE_INFINITY, 0];
  for (const at of pixels) {
    const y = Math.floor(at / width);
    const x = at - y * width;
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** By their middles, from left to right. A cut is one only beside the part it was cut from. */
function inOrder<P extends Part>(parts: readonly P[]): P[] {
  const middle = ({ box }: Part) => box.left + box.width / 2;
  return parts.toSorted((a, b) => middle(a) - middle(b));
}
