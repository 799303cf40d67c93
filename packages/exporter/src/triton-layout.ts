import type { Bundle } from '@mnist-edge/recognizer';

/**
 * A bundle as a Triton model repository holds it, by path: `config.pbtxt`, the labels, and the fp32 model as version 1.
 * The tensors keep their names and shapes, so that a client of this project's server works with Triton unchanged.
 * (https://github.com/triton-inference-server/server, docs/user_guide/model_repository.md and model_configuration.md)
 */
export function tritonFiles(bundle: Bundle, model: Uint8Array): Record<string, Uint8Array> {
  const text = (content: string) => new TextEncoder().encode(content);
  return {
    [`${bundle.name}/config.pbtxt`]: text(tritonConfig(bundle)),
    // A line for each class; the classification extension appends it to a class's index.
    [`${bundle.name}/labels.txt`]: text(`${bundle.labels.join('\n')}\n`),
    [`${bundle.name}/1/model.onnx`]: model,
  };
}

/** The most images that Triton puts into one run; more at once is no faster for nets of this size. */
const MAX_BATCH = 128;

function tritonConfig({ name, version, input, outputs, labels }: Bundle): string {
  const [, ...image] = input.shape;
  const output = (tensor: string) => `  {
    name: ${quoted(tensor)}
    data_type: TYPE_FP32
    dims: [ ${labels.length} ]
    label_filename: "labels.txt"
  }`;
  return `# ${name} ${version}, written by the exporter; do not edit.
name: ${quoted(name)}
platform: "onnxruntime_onnx"
max_batch_size: ${MAX_BATCH}
input [
  {
    name: ${quoted(input.name)}
    data_type: TYPE_FP32
    dims: [ ${image.join(', ')} ]
  }
]
output [
${[outputs.logits, outputs.probabilities].map(output).join(',\n')}
]
dynamic_batching { }
model_warmup [
  {
    name: "one blank image"
    batch_size: 1
    inputs {
      key: ${quoted(input.name)}
      value {
        data_type: TYPE_FP32
        dims: [ ${image.join(', ')} ]
        zero_data: true
      }
    }
  }
]
`;
}

/** A string of protobuf's text format, which has JSON's escapes. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
