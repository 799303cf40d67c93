/**
 * TensorBoard's `Event` messages, in the protobuf encoding (tensorflow/core/util/event.proto): only the two that a run
 * of scalars needs, so that events are written where TensorFlow is not.
 */

/** The first event of a file: tells its version. */
export function versionEvent(wallTime: number): Uint8Array {
  return concat(double(1, wallTime), bytes(3, Buffer.from('brain.Event:2')));
}

/**
 * Scalars of one step.
 * @param wallTime seconds since 1970
 */
export function scalarsEvent(wallTime: number, step: number, scalars: Readonly<Record<string, number>>): Uint8Array {
  const values = Object.entries(scalars).map(([tag, value]) =>
    bytes(1, concat(bytes(1, Buffer.from(tag)), float(2, value))),
  );
  return concat(double(1, wallTime), varint(2, step), bytes(5, concat(...values)));
}

// Wire types: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes.

function double(field: number, value: number): Uint8Array {
  const buffer = Buffer.alloc(9);
  buffer[0] = (field << 3) | 1;
  buffer.writeDoubleLE(value, 1);
  return buffer;
}

function float(field: number, value: number): Uint8Array {
  const buffer = Buffer.alloc(5);
  buffer[0] = (field << 3) | 5;
  buffer.writeFloatLE(value, 1);
  return buffer;
}

function varint(field: number, value: number): Uint8Array {
  return Uint8Array.from([field << 3, ...digits(value)]);
}

function bytes(field: number, value: Uint8Array): Uint8Array {
  return concat(Uint8Array.from([(field << 3) | 2, ...digits(value.length)]), value);
}

/** Base 128, the lowest digit first, each but the last with its high bit set. */
function digits(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...digits(Math.floor(value / 128))];
}

function concat(...parts: Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}
