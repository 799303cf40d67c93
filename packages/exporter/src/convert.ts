import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Graph } from './graph.ts';
import { writeGraphModel } from './graph-model.ts';
import { runPythonTool } from './python-tool.ts';

/** The ONNX operator set: the one that the conversion was checked at; every runtime of the last years reads it. */
const OPSET = 18;

const tensor = v.object({ name: v.string(), dtype: v.string(), shape: v.array(v.union([v.string(), v.number()])) });

const reportSchema = v.object({
  opset: v.number(),
  irVersion: v.number(),
  /** How many nodes of each kind. */
  operators: v.record(v.string(), v.number()),
  parameters: v.number(),
  inputs: v.array(tensor),
  outputs: v.array(tensor),
  bytes: v.number(),
});

/** What is in a finished ONNX file. */
export type OnnxReport = v.InferOutput<typeof reportSchema>;

/**
 * Converts a graph with tf2onnx and finishes the file: readable names, the batch axis called `batch`, metadata inside,
 * checked by ONNX's own checker.
 * @param folder for the intermediate files; must exist
 * @param target the ONNX file to write
 * @param metadata what the file says about itself
 * @throws {Problem} with the tool's own last words when a tool refuses or is not set up
 */
export async function convert(
  graph: Graph,
  folder: string,
  target: string,
  metadata: Record<string, string>,
): Promise<OnnxReport> {
  const graphModel = join(folder, 'graph-model');
  const raw = join(folder, 'raw.onnx');
  const description = join(folder, 'description.json');
  await writeGraphModel(graphModel, graph);
  const outputs = graph.outputs.map((name) => `${name}:0`).join(',');
  await runPythonTool('tf2onnx', [
    ...['--tfjs', join(graphModel, 'model.json'), '--output', raw, '--opset', String(OPSET)],
    ...['--inputs', `${graph.input.name}:0`, '--outputs', outputs],
  ]);
  const wanted = {
    inputs: { [graph.input.name]: graph.input.name },
    outputs: Object.fromEntries(graph.outputs.map((name) => [name, name])),
    metadata,
    producer: 'mnist-edge',
    producerVersion: '0.1.0',
    graphName: metadata.name ?? 'model',
  };
  await writeFile(description, JSON.stringify(wanted));
  const files = ['--input', raw, '--output', target, '--description', description];
  return v.parse(reportSchema, JSON.parse(await runPythonTool('mnist-edge-onnx', ['finish', ...files])));
}
