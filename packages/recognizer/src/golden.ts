import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import * as v from 'valibot';
import type { ImagesToLogits } from './occlusion.ts';
import { Problem } from './problem.ts';
import { PIXELS, toTensor } from './tensor.ts';

/** The file in a bundle that holds its golden examples; a bundle may do without. */
export const GOLDEN_FILE = 'golden.json';

const schema = v.object({
  schemaVersion: v.literal(1),
  /** How far a logit may lie from the expected one: runtimes add in different orders. */
  tolerance: v.pipe(v.number(), v.finite(), v.gtValue(0)),
  examples: v.pipe(
    v.array(
      v.object({
        /** The 28 × 28 bytes, ink bright, as hex. */
        image: v.pipe(v.string(), v.regex(/^[0-9a-f]{1568}$/)),
        logits: v.array(v.pipe(v.number(), v.finite())),
      }),
    ),
    v.minLength(1),
  ),
});

/** Images and the logits that the model gave for them when it was exported. */
export type Golden = v.InferOutput<typeof schema>;

/** @throws {Problem} naming the first field at fault */
export function parseGolden(json: unknown): Golden {
  const result = v.safeParse(schema, json);
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw new Problem(
    `${GOLDEN_FILE}: ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}. Export the model again: npx nx run exporter:export`,
  );
}

/**
 * Golden examples from what a model gives now.
 * @param images 784 bytes each, one after another
 */
export async function recordGolden(images: Uint8Array, logitsOf: ImagesToLogits, tolerance = 1e-3): Promise<Golden> {
  const logits = await logitsOf(toTensor(images));
  const count = images.length / PIXELS;
  const labels = logits.length / count;
  return {
    schemaVersion: 1,
    tolerance,
    examples: Array.from({ length: count }, (_, i) => ({
      image: bytesToHex(images.subarray(i * PIXELS, (i + 1) * PIXELS)),
      logits: Array.from(logits.subarray(i * labels, (i + 1) * labels)),
    })),
  };
}

/**
 * Runs the golden examples: whether this runtime gives what the exporter's gave.
 * @throws {Problem} naming the first example that differs and by how much
 */
export async function checkGolden({ examples, tolerance }: Golden, logitsOf: ImagesToLogits): Promise<void> {
  const images = new Float32Array(examples.length * PIXELS);
  for (const [i, { image }] of examples.entries()) {
    toTensor(hexToBytes(image), images.subarray(i * PIXELS, (i + 1) * PIXELS));
  }
  const found = await logitsOf(images);
  const labels = found.length / examples.length;
  for (const [i, { logits }] of examples.entries()) {
    if (logits.length !== labels) {
      throw new Problem(`Golden example ${i} has ${logits.length} logits, the model gives ${labels}.`);
    }
    for (const [label, expected] of logits.entries()) {
      const actual = found[i * labels + label]!;
      if (!(Math.abs(actual - expected) <= tolerance)) {
        throw new Problem(
          `Golden example ${i}: logit ${label} is ${actual}, expected ${expected} within ${tolerance}. ` +
            'This is not the model that was exported, or the runtime computes it wrongly.',
        );
      }
    }
  }
}
