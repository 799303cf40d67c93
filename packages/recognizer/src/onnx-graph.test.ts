import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type GraphNode, graphNodes, withOutputs } from './onnx-graph.ts';

let model: Uint8Array;
let nodes: GraphNode[];

beforeAll(async () => {
  model = await readFile(resolve(import.meta.dirname, '../../../models/digits/model.onnx'));
  nodes = graphNodes(model);
});

describe('the released model', () => {
  test('is read node by node, from the image to the probabilities', () => {
    expect(nodes[0]!.inputs).toContain('image');
    expect(nodes.at(-1)!.outputs).toEqual(['probabilities']);
    expect(nodes.filter(({ op }) => op === 'Conv').length).toBeGreaterThan(1);
  });

  test('keeps its graph and grows by the further outputs alone', () => {
    const names = nodes.filter(({ op }) => op === 'Relu').map(({ outputs }) => outputs[0]!);
    const more = withOutputs(model, names);
    expect(graphNodes(more)).toEqual(nodes);
    expect(more.length - model.length).toBeLessThan(40 * names.length);
    expect(graphNodes(withOutputs(model, []))).toEqual(nodes);
  });
});

describe('what is no model', () => {
  test.each([
    ['nothing', new Uint8Array()],
    ['text', new TextEncoder().encode('<!doctype html>')],
    ['zeros', new Uint8Array(20)],
  ])('%s is refused', (_, bytes) => {
    expect(() => graphNodes(bytes)).toThrow(/ONNX model/);
  });

  test('a model that breaks off is refused, wherever it does', () => {
    for (let length = 1; length < model.length; length += 997) {
      expect(() => graphNodes(model.subarray(0, length)), `${length} bytes`).toThrow(/ONNX model/);
    }
  });
});
