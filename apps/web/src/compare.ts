import { topK, toTensor } from '@mnist-edge/recognizer';
import type { Model, Reading } from './api.ts';

/** What a server said of one digit that the browser read. */
export interface Answers {
  readonly browser: { readonly label: string; readonly probability: number };
  readonly server: { readonly label: string; readonly probability: number };
  /** The largest difference between the two runtimes' probabilities. */
  readonly difference: number;
}

/**
 * Asks a server for what it makes of the very pixels that the browser's net saw, by the Open Inference Protocol.
 * @param base the server's URL
 * @throws when no server answers there, or it has another model
 */
export async function askServer(
  base: URL,
  { name, labels, files, model }: Model,
  reading: Reading,
): Promise<Answers[]> {
  await expectModel(base, files[model]!.sha256, name, model);
  const { digits } = reading;
  const response = await fetch(new URL(`v2/models/${name}/infer`, base), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      inputs: [
        {
          name: 'image',
          shape: [digits.length, 28, 28, 1],
          datatype: 'FP32',
          data: digits.flatMap(({ image }) => Array.from(toTensor(image))),
        },
      ],
      outputs: [{ name: 'probabilities' }],
    }),
  });
  if (!response.ok) throw new Error(`${response.url} was answered with ${response.status}.`);
  const { outputs } = (await response.json()) as { outputs: [{ data: number[] }] };
  const best = (probabilities: readonly number[]) => {
    const [index] = topK(probabilities, 1);
    return { label: labels[index!]!, probability: probabilities[index!]! };
  };
  return digits.map(({ probabilities }, digit) => {
    const theirs = outputs[0].data.slice(digit * labels.length, (digit + 1) * labels.length);
    return {
      browser: best(probabilities),
      server: best(theirs),
      difference: Math.max(...theirs.map((probability, index) => Math.abs(probability - probabilities[index]!))),
    };
  });
}

/** The server must run the model that this page runs, or the answers could not be compared. */
async function expectModel(base: URL, sha256: string, name: string, file: string): Promise<void> {
  const response = await fetch(new URL('model/bundle.json', base), { cache: 'no-cache' });
  const bundle = response.ok ? await response.json() : null;
  if (bundle?.files?.[file]?.sha256 !== sha256)
    throw new Error(`The server at ${base} does not run this page's ${name}.`);
}
