import { PIXELS, SIDE } from '@mnist-edge/recognizer';
import { pictureUri } from '@mnist-edge/report';
import type { Mistake } from './test-report.ts';

const COLUMNS = 10;
/** In CSS pixels; an image is shown at twice its size, with a line of words below it. */
const SHOWN = 2 * SIDE;
const CELL = { width: SHOWN + 8, height: SHOWN + 24 };

/**
 * Test images that got a wrong answer, each with the label it has and the answer it got, as an SVG that is read on light and
 * dark pages alike.
 * @param images all test images, 784 bytes each
 * @param names of the classes
 */
export async function mistakesPicture(
  mistakes: readonly Mistake[],
  images: Uint8Array,
  names: readonly string[],
): Promise<string> {
  const width = COLUMNS * CELL.width;
  const height = Math.ceil(mistakes.length / COLUMNS) * CELL.height;
  const cells = await Promise.all(
    mistakes.map(async ({ image, given, answer }, i) => {
      const [x, y] = [(i % COLUMNS) * CELL.width + 4, Math.floor(i / COLUMNS) * CELL.height + 4];
      const uri = await pictureUri(images.subarray(image * PIXELS, (image + 1) * PIXELS));
      const words = escapeXml(`${names[given]} → ${names[answer]}`);
      return (
        `<image x="${x}" y="${y}" width="${SHOWN}" height="${SHOWN}" href="${uri}"><title>test ${image}</title></image>` +
        `<text x="${x + SHOWN / 2}" y="${y + SHOWN + 14}">${words}</text>`
      );
    }),
  );
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
    '<style>image{image-rendering:pixelated}text{font:12px system-ui,sans-serif;text-anchor:middle;fill:#777}</style>' +
    `\n${cells.join('\n')}\n</svg>\n`
  );
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
