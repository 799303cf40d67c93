import * as v from 'valibot';

const text = v.string('must be a string');
const flag = v.boolean('must be true or false');
const whole = (least: number) =>
  v.pipe(
    v.number('must be a number'),
    v.safeInteger('must be a whole number'),
    v.minValue(least, `must be at least ${least}`),
  );

/** valibot reports a missing key as an issue of the object that lacks it. */
function objectOr(otherwise: string): (issue: { readonly expected: string | null }) => string {
  return ({ expected }) => (expected === 'Object' ? otherwise : 'is missing');
}

/** Further parameters are the protocol's room for extensions, and let pass. */
const inputParameters = v.object(
  { binary_data_size: v.optional(v.pipe(whole(0), v.description('Bytes of this tensor behind the JSON.'))) },
  'must be an object',
);
const outputParameters = v.object(
  {
    binary_data: v.optional(v.pipe(flag, v.description('Whether to send this tensor behind the JSON.'))),
    classification: v.optional(v.pipe(whole(1), v.description('Send the k highest as "score:index:label" instead.'))),
  },
  'must be an object',
);
const requestParameters = v.object(
  {
    binary_data_output: v.optional(v.pipe(flag, v.description('Whether to send all outputs behind the JSON.'))),
    timeout: v.optional(v.pipe(whole(0), v.description('Microseconds that the request may wait; 0 for no limit.'))),
  },
  'must be an object',
);

const inputTensor = v.object(
  {
    name: text,
    shape: v.array(v.number('must be a number'), 'must be an array of whole numbers'),
    datatype: v.pipe(text, v.description('FP32, 0..1; or UINT8, 0..255.')),
    parameters: v.optional(inputParameters),
    data: v.optional(v.unknown()),
  },
  objectOr('must be an object'),
);

/**
 * The envelope of an inference request of the Open Inference Protocol v2
 * (https://github.com/kserve/open-inference-protocol, inference_rest.md) with the parameters of the binary tensor data
 * and the classification extension. The tensor's data is read by its own loop.
 */
export const inferEnvelope = v.object(
  {
    id: v.optional(text),
    parameters: v.optional(requestParameters),
    inputs: v.array(inputTensor, 'must be an array of tensors'),
    outputs: v.optional(
      v.array(
        v.object({ name: text, parameters: v.optional(outputParameters) }, objectOr('must be an object')),
        'must be an array',
      ),
    ),
  },
  objectOr('must be a JSON object'),
);

export type InferEnvelope = v.InferOutput<typeof inferEnvelope>;

/** How an answer can be explained. */
export const EXPLAIN_METHODS = ['occlusion', 'class-activation'] as const;

/** The same for `…/explain`, with how to explain it. */
export const explainEnvelope = v.object(
  {
    id: v.optional(text),
    parameters: v.optional(
      v.object(
        {
          method: v.optional(
            v.pipe(
              v.picklist(EXPLAIN_METHODS, `must be ${EXPLAIN_METHODS.map((name) => `"${name}"`).join(' or ')}`),
              v.description(
                'occlusion, if absent: parts of the image are blanked in turn, which any model allows. ' +
                  'class-activation: what the last layer makes of each place, in one run, if it follows a convolution.',
              ),
            ),
          ),
          target: v.optional(
            v.pipe(whole(0), v.description('Index of the class to explain; the most likely if absent.')),
          ),
          patch: v.optional(
            v.pipe(whole(1), v.description('Occlusion: side of the blanked square, in pixels; 4 if absent.')),
          ),
          stride: v.optional(v.pipe(whole(1), v.description('Occlusion: pixels between squares; 2 if absent.'))),
        },
        'must be an object',
      ),
    ),
    inputs: v.array(inputTensor, 'must be an array of tensors'),
  },
  objectOr('must be a JSON object'),
);
