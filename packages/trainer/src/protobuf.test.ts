import { expect, test } from 'vitest';
import { bytes, concat, double, float, varint } from './protobuf.ts';

/** The first three are the examples of https://protobuf.dev/programming-guides/encoding. */
test.each([
  ['a varint', varint(1, 150), '089601'],
  ['a text', bytes(2, 'testing'), '120774657374696e67'],
  ['a message in a message', bytes(3, varint(1, 150)), '1a03089601'],
  ['a number below 0, as 64 bits', varint(1, -2), '08feffffffffffffffff01'],
  ['a float', float(4, 0.5), '250000003f'],
  ['a double', double(1, 1.5), '09000000000000f83f'],
  ['fields in a row', concat(varint(1, 1), varint(2, 0)), '08011000'],
])('%s', (_, found, wanted) => {
  expect(Buffer.from(found).toString('hex')).toBe(wanted);
});
