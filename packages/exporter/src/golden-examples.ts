import { createRandom, drawDigits } from '@mnist-edge/data';
import { recordGolden } from '@mnist-edge/recognizer';
import { predict } from '@mnist-edge/trainer';

/** Enough for every class to be there once. */
const EXAMPLES = 10;

/**
 * A bundle's golden examples: drawn digits, always the same, and the trainer's logits for them. Whoever loads the bundle
 * can tell whether its runtime gives the same. Drawn, and not of the dataset, which is not ours to pass on.
 */
export async function goldenExamples(model: Parameters<typeof predict>[0]): Promise<Uint8Array> {
  const { images } = drawDigits(EXAMPLES, createRandom(1));
  const golden = await recordGolden(images, () => predict(model, images));
  return new TextEncoder().encode(`${JSON.stringify(golden)}\n`);
}
