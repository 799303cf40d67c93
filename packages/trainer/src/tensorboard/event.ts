import { bytes, concat, double, float, varint } from '../protobuf.ts';

/**
 * TensorBoard's `Event` messages, in the protobuf encoding (tensorflow/core/util/event.proto): only the two that a run
 * of scalars needs, so that events are written where TensorFlow is not.
 */

/** The first event of a file: tells its version. */
export function versionEvent(wallTime: number): Uint8Array {
  return concat(double(1, wallTime), bytes(3, 'brain.Event:2'));
}

/**
 * Scalars of one step.
 * @param wallTime seconds since 1970
 */
export function scalarsEvent(wallTime: number, step: number, scalars: Readonly<Record<string, number>>): Uint8Array {
  const values = Object.entries(scalars).map(([tag, value]) => bytes(1, concat(bytes(1, tag), float(2, value))));
  return concat(double(1, wallTime), varint(2, step), bytes(5, concat(...values)));
}
