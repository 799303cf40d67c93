import { Refusal } from './refusal.ts';

/** Where a number stands among the request's data, for messages. */
type Path = readonly number[];

/**
 * Reads a tensor's JSON data into float32, row-major.
 * One loop checks and writes each number: a batch of 100 images is 78,400 of them.
 * @param data one flat array of numbers, or arrays nested as the shape says
 * @param shape whole numbers from 1
 * @param range the least and the greatest number allowed, after rounding to float32
 * @param name what to call the data in messages, such as `inputs[0].data`
 * @throws {Refusal} 400, naming the first place at fault
 */
export function readTensorData(
  data: unknown,
  shape: readonly number[],
  range: readonly [number, number],
  name: string,
): Float32Array {
  const count = shape.reduce((a, b) => a * b, 1);
  const nested = Array.isArray(data) && Array.isArray(data[0]);
  // Checked before the memory is taken, so that a shape alone cannot make the server reserve any.
  checkLength(data, nested ? shape[0]! : count, shape, name, []);
  const out = new Float32Array(count);
  fill(data, nested ? shape : [count], []);
  return out;

  function fill(level: unknown, axes: readonly number[], path: Path, offset = 0): void {
    const length = axes[path.length]!;
    checkLength(level, length, shape, name, path);
    if (path.length + 1 < axes.length) {
      const stride = axes.slice(path.length + 1).reduce((a, b) => a * b, 1);
      for (let i = 0; i < length; i++) fill(level[i], axes, [...path, i], offset + i * stride);
      return;
    }
    const [low, high] = range;
    for (let i = 0; i < length; i++) {
      const value: unknown = level[i];
      if (typeof value !== 'number') {
        throw new Refusal(400, `${at(name, [...path, i])} is ${shown(value)}; a number is needed there.`);
      }
      out[offset + i] = value;
      const stored = out[offset + i]!;
      if (!(stored >= low && stored <= high)) {
        throw new Refusal(
          400,
          `${at(name, [...path, i])} is ${value}; this model's input goes from ${low} to ${high}. Divide bytes by 255.`,
        );
      }
    }
  }
}

function checkLength(
  level: unknown,
  length: number,
  shape: readonly number[],
  name: string,
  path: Path,
): asserts level is unknown[] {
  if (!Array.isArray(level)) {
    throw new Refusal(400, `${at(name, path)} is ${shown(level)}; an array of ${length} is needed there.`);
  }
  if (level.length !== length) {
    throw new Refusal(
      400,
      `${at(name, path)} holds ${level.length} elements; with the shape [${shape.join(', ')}] it must hold ${length}.`,
    );
  }
}

function at(name: string, path: Path): string {
  return name + path.map((index) => `[${index}]`).join('');
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  return String(value);
}
