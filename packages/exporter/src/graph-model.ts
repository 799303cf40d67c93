import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Attribute, dims, float, type Graph, int32 } from './graph.ts';

interface NodeJson {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, Attribute>>;
}

/**
 * Writes a graph as a TensorFlow.js graph-model: `model.json` (GraphDef in JSON) and `weights.bin`, which
 * `tf.loadGraphModel` and tf2onnx read.
 */
export async function writeGraphModel(folder: string, graph: Graph): Promise<void> {
  const weights = [...graph.weights.values()];
  const node: NodeJson[] = [
    {
      name: graph.input.name,
      op: 'Placeholder',
      input: [],
      attr: { dtype: float, shape: dims(graph.input.shape) },
    },
    ...weights.map(({ name, data }) => ({ name, op: 'Const', input: [], attr: { dtype: typeOf(data) } })),
    ...graph.nodes.map(({ name, op, inputs, attributes }) => ({ name, op, input: inputs, attr: attributes })),
  ];
  const json = {
    format: 'graph-model',
    generatedBy: 'mnist-edge',
    convertedBy: null,
    modelTopology: { node, library: {}, versions: { producer: 1482 } },
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: weights.map(({ name, shape, data }) => ({
          name,
          shape,
          dtype: data instanceof Float32Array ? 'float32' : 'int32',
        })),
      },
    ],
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'model.json'), JSON.stringify(json));
  await writeFile(
    join(folder, 'weights.bin'),
    Buffer.concat(weights.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))),
  );
}

function typeOf(data: Float32Array | Int32Array): Attribute {
  return data instanceof Float32Array ? float : int32;
}
