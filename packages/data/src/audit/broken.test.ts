import { PIXELS } from '@mnist-edge/recognizer';
import { expect, test } from 'vitest';
import { createRandom } from '../random.ts';
import { drawDigits } from '../synthetic.ts';
import { findBroken } from './broken.ts';

test('drawn digits are whole; blank, almost blank and almost full images are told', () => {
  const { images, count } = drawDigits(50, createRandom(1));
  const speck = new Uint8Array(PIXELS);
  speck[100] = 200;
  const full = new Uint8Array(PIXELS).fill(250);
  full[3] = 0;
  const grey = new Uint8Array(PIXELS).fill(9);
  const all = new Uint8Array(Buffer.concat([images, new Uint8Array(PIXELS), speck, full, grey]));
  expect(findBroken(all)).toEqual([
    { index: count, fault: 'blank' },
    { index: count + 1, fault: 'almost blank' },
    { index: count + 2, fault: 'almost full' },
    { index: count + 3, fault: 'blank' },
  ]);
});
