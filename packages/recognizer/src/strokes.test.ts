import { expect, test } from 'vitest';
import { drawStrokes } from './strokes.ts';

test('a horizontal stroke covers its pen width, and no more', () => {
  const image = drawStrokes(
    [
      [
        { x: 5, y: 10 },
        { x: 15, y: 10 },
      ],
    ],
    { width: 20, height: 20, pen: 4 },
  );
  const column = Array.from({ length: 20 }, (_, y) => image.pixels[y * 20 + 10]);
  expect(column.map((grey) => grey === 255)).toEqual(column.map((_, y) => y >= 8 && y < 12));
});
