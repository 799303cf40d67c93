/** The wire format of protocol buffers, as far as TensorFlow's own messages need it: https://protobuf.dev/programming-guides/encoding */

// Wire types: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes.

export function double(field: number, value: number): Uint8Array {
  const buffer = Buffer.alloc(9);
  buffer[0] = (field << 3) | 1;
  buffer.writeDoubleLE(value, 1);
  return buffer;
}

export function float(field: number, value: number): Uint8Array {
  const buffer = Buffer.alloc(5);
  buffer[0] = (field << 3) | 5;
  buffer.writeFloatLE(value, 1);
  return buffer;
}

/** @param value a whole number; one below 0 takes ten bytes, as an int64 */
export function varint(field: number, value: number): Uint8Array {
  return Uint8Array.from([field << 3, ...digits(BigInt.asUintN(64, BigInt(value)))]);
}

/** Bytes, a text or a message. */
export function bytes(field: number, value: Uint8Array | string): Uint8Array {
  const content = typeof value === 'string' ? Buffer.from(value) : value;
  return concat(Uint8Array.from([(field << 3) | 2, ...digits(BigInt(content.length))]), content);
}

/** The fields of a message one after another. */
export function concat(...parts: Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

/** Base 128, the lowest digit first, each but the last with its high bit set. */
function digits(value: bigint): number[] {
  return value < 128n ? [Number(value)] : [Number(value & 127n) | 128, ...digits(value >> 7n)];
}
