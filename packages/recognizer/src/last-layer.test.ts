import { expect, test } from 'vitest';
import { lastLayer } from './last-layer.ts';
import type { GraphNode } from './onnx-graph.ts';
import { Problem } from './problem.ts';

const node = (op: string, inputs: string, output: string): GraphNode => ({
  op,
  inputs: inputs.split(' '),
  outputs: [output],
});
const seen = node('Relu', 'conv', 'seen');
const dense = (given: string) => [node('MatMul', `${given} w`, 'product'), node('Add', 'product b', 'logits')];

test.each<[string, GraphNode[], string, string]>([
  ['the mean of each channel', [seen, node('ReduceMean', 'seen axes', 'mean'), ...dense('mean')], 'seen', 'w'],
  ['all places in one row', [seen, node('Reshape', 'seen shape', 'row'), ...dense('row')], 'seen', 'w'],
  ['what a hidden layer gives', [seen, ...dense('seen')], 'seen', 'w'],
  ['the same in one node', [seen, node('Gemm', 'seen w b', 'logits')], 'seen', 'w'],
  ['a bias that comes first', [seen, node('MatMul', 'seen w', 'p'), node('Add', 'b p', 'logits')], 'seen', 'w'],
  [
    'the mean, rounded to 8 bits',
    [
      seen,
      node('ReduceMean', 'seen axes', 'mean'),
      node('QuantizeLinear', 'mean scale zero', 'q'),
      node('DequantizeLinear', 'q scale zero', 'rounded'),
      node('DequantizeLinear', 'w8 scale', 'w'),
      node('Gemm', 'rounded w b', 'logits'),
    ],
    'seen',
    'w',
  ],
])('is found where it is given %s', (_, nodes, features, weights) => {
  expect(lastLayer(nodes, 'logits')).toEqual({ features, weights });
});

test.each<[string, GraphNode[]]>([
  ['Softmax', [node('Softmax', 'x', 'logits')]],
  ['missing', [seen]],
  ['Add', [node('Add', 'seen b', 'logits')]],
])('another last layer, %s, is named', (name, nodes) => {
  expect(() => lastLayer(nodes, 'logits')).toThrow(
    new Problem(`The model's last layer is ${name}; a dense layer was expected to make "logits".`),
  );
});
