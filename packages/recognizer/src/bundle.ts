import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import * as v from 'valibot';
import { Problem } from './problem.ts';
import { scoreNames } from './rejection.ts';

/** The message of a check that is our own; valibot's say "expected … received …" by themselves. */
function must(be: string): (issue: { received: string }) => string {
  return ({ received }) => `must be ${be}, found ${received.length > 80 ? `${received.slice(0, 80)}…` : received}`;
}

const finite = v.pipe(v.number(), v.finite(must('a finite number')));
const count = v.pipe(v.number(), v.safeInteger(must('a whole number')), v.minValue(0, must('at least 0')));
const share = v.pipe(v.number(), v.minValue(0, must('from 0 to 1')), v.maxValue(1, must('from 0 to 1')));
const text = v.pipe(v.string(), v.nonEmpty('must not be empty'));
const sha256Hex = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, must('64 lower-case hex digits (a SHA-256)')));
const name = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]*$/, must('lower-case letters, digits and dashes')));
const version = v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+$/, must('a semantic version such as 1.0.0')));
const fileName = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/i, must('a relative path inside the bundle')),
);

const file = v.object({ bytes: count, sha256: sha256Hex });

/** How well the model did on one split. `accuracy` and `loss` (mean cross-entropy, nats) are at temperature 1. */
const splitMetrics = v.object({
  images: count,
  accuracy: share,
  loss: v.pipe(finite, v.minValue(0, must('at least 0'))),
});

/** `bundle.json`, version 1: all that a server or a browser knows about a model. */
export const bundleSchema = v.object({
  schemaVersion: v.literal(1, must('1, the only schema version this build reads')),
  name,
  version,
  description: v.string(),
  /** float32 `[batch, 28, 28, 1]`, 0..1, ink bright on 0. */
  input: v.object({
    name: text,
    dtype: v.literal('float32'),
    shape: v.strictTuple([v.literal('batch'), v.literal(28), v.literal(28), v.literal(1)]),
    range: v.strictTuple([v.literal(0), v.literal(1)]),
    preprocessing: v.literal('mnist', must('"mnist", the only preprocessing there is')),
  }),
  /** float32 `[batch, labels.length]`; `probabilities` is softmax(logits / temperature). */
  outputs: v.object({ logits: text, probabilities: text }),
  labels: v.pipe(
    v.array(text),
    v.minLength(2, must('at least 2 labels')),
    v.checkItems((label, index, labels) => labels.indexOf(label) === index, must('a label that no other class has')),
  ),
  /** Logits are divided by this before softmax; fitted on the validation split. */
  temperature: v.pipe(finite, v.gtValue(0, must('above 0'))),
  /** An answer whose highest probability is below this is no digit; chosen on the validation split. 0 refuses nothing. */
  rejectionThreshold: share,
  /**
   * Another score that tells digits from what is none, and the least that a digit has; chosen on validation digits and
   * drawn things that are none. Where it is there, it decides instead of `rejectionThreshold`.
   */
  rejection: v.optional(v.object({ score: v.picklist(scoreNames), threshold: finite })),
  /** By path inside the bundle; `model` names the fp32 ONNX file among them. */
  files: v.record(fileName, file),
  model: fileName,
  /** The same net in 8-bit integers, with the same input and outputs, and how well it does. */
  int8: v.optional(v.object({ model: fileName, metrics: v.object({ validation: splitMetrics, test: splitMetrics }) })),
  training: v.object({
    run: v.string(),
    architecture: v.string(),
    parameters: count,
    /** The run's config.json as it was, so that the run can be made again. */
    config: v.record(v.string(), v.unknown()),
    seed: count,
    dataset: v.object({ name: v.string(), sha256: v.record(v.string(), sha256Hex) }),
    seconds: v.pipe(finite, v.minValue(0, must('at least 0'))),
    machine: v.string(),
  }),
  metrics: v.object({ validation: splitMetrics, test: splitMetrics }),
  tools: v.record(v.string(), v.string()),
});

export type Bundle = v.InferOutput<typeof bundleSchema>;

/**
 * Checks a parsed `bundle.json`.
 * @throws {Problem} naming the first field at fault, what was found and what was expected.
 */
export function parseBundle(json: unknown, from = 'bundle.json'): Bundle {
  const result = v.safeParse(bundleSchema, json);
  if (!result.success) {
    const issue = result.issues[0];
    const path = v.getDotPath(issue);
    throw new Problem(
      `${from}${path === null ? '' : `: ${path}`}: ${issue.message}. Export the model again: npx nx run exporter:export`,
    );
  }
  const bundle = result.output;
  const models = { model: bundle.model, 'int8.model': bundle.int8?.model };
  for (const [field, path] of Object.entries(models)) {
    if (path === undefined || Object.hasOwn(bundle.files, path)) continue;
    throw new Problem(
      `${from}: ${field}: must be one of the files (${Object.keys(bundle.files).join(', ')}), found "${path}". ` +
        'Export the model again: npx nx run exporter:export',
    );
  }
  return bundle;
}

/** In plain JavaScript: browsers have their own only where the page came by HTTPS. */
const sha256InHex = (bytes: Uint8Array) => bytesToHex(sha256(bytes));

/**
 * Checks that the bytes of a bundle's file are the ones it was published with.
 * @param hash SHA-256 in lower-case hex, for who has one that is faster
 * @throws {Problem} naming the file when its length or SHA-256 differs.
 */
export function verifyFile(bundle: Bundle, path: string, bytes: Uint8Array, hash = sha256InHex): void {
  const expected = Object.hasOwn(bundle.files, path) ? bundle.files[path] : undefined;
  if (expected === undefined) {
    throw new Problem(
      `${bundle.name} ${bundle.version} has no file "${path}"; it lists ${Object.keys(bundle.files).join(', ')}.`,
    );
  }
  const found = hash(bytes);
  if (bytes.length !== expected.bytes || found !== expected.sha256) {
    throw new Problem(
      `${path} of ${bundle.name} ${bundle.version} is not the published file: expected ${expected.bytes} bytes with SHA-256 ` +
        `${expected.sha256}, found ${bytes.length} bytes with ${found}. Fetch the bundle again or export it anew.`,
    );
  }
}
