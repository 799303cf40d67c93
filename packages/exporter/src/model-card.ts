import { percent } from '@mnist-edge/command';
import type { Bundle } from '@mnist-edge/recognizer';

/** What each score is called. */
const scoreWords = {
  probability: 'highest probability',
  logit: 'highest logit',
  energy: 'log-sum-exp of the logits',
  margin: 'lead of the highest logit over the second',
} as const;

function rejects({ rejection, rejectionThreshold }: Bundle): string {
  const { score, threshold } = rejection ?? { score: 'probability', threshold: rejectionThreshold };
  return `no answer when the ${scoreWords[score]} is below ${threshold}`;
}

/**
 * The model card: `README.md` of a bundle.
 * @param measured sections on what was measured beyond `bundle.json`, in Markdown (`robustness:card` makes them)
 */
export function modelCard(bundle: Bundle, measured?: string): string {
  const { training, metrics } = bundle;
  const files = Object.entries(bundle.files).map(
    ([path, file]) => `| \`${path}\` | ${file.bytes.toLocaleString('en')} | \`${file.sha256}\` |`,
  );
  return `# ${bundle.name} ${bundle.version}

${bundle.description}

Generated (${measured === undefined ? 'exporter:export; robustness:card measures more' : 'robustness:card'}); do not edit.

| | |
|---|---|
| architecture | \`${training.architecture}\`, ${training.parameters.toLocaleString('en')} parameters |
| input | \`${bundle.input.name}\`: float32 \`[${bundle.input.shape.join(', ')}]\`, 0..1, ink bright on 0, normalised as MNIST was |${greyLevels(training.config)}
| outputs | \`${bundle.outputs.logits}\`, \`${bundle.outputs.probabilities}\`: float32 \`[batch, ${bundle.labels.length}]\` |
| labels | ${bundle.labels.join(', ')} |
| calibration | logits are divided by ${bundle.temperature} before softmax |
| rejection | ${rejects(bundle)} |
| size | ${sizes(bundle)} |

## How well it does

| split | images | accuracy | mean cross-entropy |
|---|---|---|---|
${row('validation', metrics.validation)}
${row('test', metrics.test)}${int8Rows(bundle)}

${chosen(training.config)}; the test images were read
once, at the end of the run. This is one run with one seed: on ${metrics.test.images.toLocaleString('en')} images the standard error of such an accuracy is
${percent(Math.sqrt((metrics.test.accuracy * (1 - metrics.test.accuracy)) / metrics.test.images))}.

${measured === undefined ? '' : `${measured}\n`}## What it is for

Recognizing a single handwritten digit that has been cut out and normalised as MNIST was (\`packages/recognizer\` does
so). ${outlierWords(training.config)}.
Letters, scribbles and photographs of other things get an answer too unless the threshold refuses them. It was
not tested on other people's handwriting than its dataset's.

## How it was made

- dataset: ${training.dataset.name}
- run: \`${training.run}\`, seed ${training.seed}, ${Math.round(training.seconds)} s on ${training.machine}
- config: \`${JSON.stringify(training.config)}\`
- with: ${Object.entries(bundle.tools)
    .map(([tool, version]) => `${tool} ${version}`)
    .join(', ')}

## Files

| file | bytes | SHA-256 |
|---|---|---|
${files.join('\n')}

## Licence

The model is released under this repository's MIT licence. MNIST was made by Yann LeCun, Corinna Cortes and
Christopher Burges from NIST's Special Databases 1 and 3.
`;
}

function greyLevels(config: Bundle['training']['config']): string {
  if (config.greyLevels !== 'stretched') return '';
  return "\n| grey levels | each image's are stretched over the whole range, in the graph: contrast and brightness change no answer |";
}

function chosen({ keep }: Bundle['training']['config']): string {
  const decided = 'the temperature and the rejection threshold were chosen on the validation split';
  return keep === 'last' ? `The weights are those of the last epoch; ${decided}` : `The epoch, ${decided}`;
}

function outlierWords({ outliers }: Bundle['training']['config']): string {
  return typeof outliers === 'number' && outliers > 0
    ? 'It was trained on digits, and on drawings that are none to find no digit in them'
    : 'It was trained on digits alone';
}

function sizes({ files, model, int8 }: Bundle): string {
  return [model, ...(int8 === undefined ? [] : [int8.model])]
    .map((path) => `${files[path]!.bytes.toLocaleString('en')} bytes (\`${path}\`)`)
    .join(', ');
}

function int8Rows({ int8 }: Bundle): string {
  if (int8 === undefined) return '';
  const rows = (['validation', 'test'] as const).map((split) => row(`${split}, int8`, int8.metrics[split]));
  return ['', ...rows].join('\n');
}

function row(split: string, { images, accuracy, loss }: Bundle['metrics']['test']): string {
  return `| ${split} | ${images.toLocaleString('en')} | ${percent(accuracy)} | ${loss.toFixed(4)} |`;
}
