import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Problem } from '@mnist-edge/recognizer';
import { pythonTool } from '@mnist-edge/tools';
import * as v from 'valibot';
import type { Graph } from './graph.ts';
import { writeGraphModel } from './graph-model.ts';

const run = promisify(execFile);

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
  const [tf2onnx, finish] = [pythonTool('tf2onnx'), pythonTool('mnist-edge-onnx')];
  const graphModel = join(folder, 'graph-model');
  const raw = join(folder, 'raw.onnx');
  const description = join(folder, 'description.json');
  await writeGraphModel(graphModel, graph);
  const outputs = graph.outputs.map((name) => `${name}:0`).join(',');
  await tool(tf2onnx, [
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
  const { stdout } = await tool(finish, ['finish', '--input', raw, '--output', target, '--description', description]);
  return v.parse(reportSchema, JSON.parse(stdout));
}

async function tool(path: string, args: string[]): Promise<{ stdout: string }> {
  try {
    // TensorFlow's own start-up messages are for its developers; a GPU is of no use to a conversion.
    const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2', CUDA_VISIBLE_DEVICES: '' };
    return await run(path, args, { env, maxBuffer: 64 * 2 ** 20 });
  } catch (error) {
    const words = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    const last = words.trim().split('\n').slice(-6).join('\n');
    throw new Problem(`${path} failed:\n${last}\nIf it is not whole, set it up again: npx nx run tools:setup`, {
      cause: error,
    });
  }
}
