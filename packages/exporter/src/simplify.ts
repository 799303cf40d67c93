import { type Graph, type Node, nodeName, outputName, type Weight } from './graph.ts';

/** A rewriting of one node: what takes its place, or undefined when the rule does not apply. */
type Rule = (node: Node, graph: Lookup) => Replacement | undefined;

/** The value that is the same, or nodes the last of which has the old one's name; with the weights that are new. */
type Replacement = { readonly weights?: readonly Weight[] } & (
  | { readonly same: string }
  | { readonly nodes: readonly Node[] }
);

interface Lookup {
  readonly node: (name: string) => Node | undefined;
  readonly weight: (name: string) => Weight | undefined;
  readonly shape: (name: string) => readonly number[];
  /** How many nodes read a value, the graph's outputs counted. */
  readonly uses: (name: string) => number;
}

const rules: readonly Rule[] = [foldReshapeOfWeight, joinReshapes, dropReshape, foldScale, scaleBeforeBias, joinBiases];

/**
 * Rewrites a graph until no rule applies: reshapes that do nothing go, and the scaling and shifting that batch norm
 * leaves behind goes into the weights of the convolution or product before it. The answers stay the same but for
 * rounding. What nothing reads any more is left out.
 */
export function simplify(graph: Graph): Graph {
  let current = graph;
  for (;;) {
    const next = applyOnce(current);
    if (next === undefined) return sweep(current);
    current = next;
  }
}

function applyOnce(graph: Graph): Graph | undefined {
  const lookup = lookUp(graph);
  for (const node of graph.nodes) {
    for (const rule of rules) {
      const replacement = rule(node, lookup);
      if (replacement !== undefined) return replace(graph, node, replacement);
    }
  }
  return undefined;
}

function lookUp(graph: Graph): Lookup {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const shapes = new Map(
    graph.nodes.flatMap(({ name, shape, others = [] }) =>
      [shape, ...others].map((shape, i) => [outputName(name, i), shape] as const),
    ),
  );
  const uses = new Map<string, number>();
  for (const name of [...graph.nodes.flatMap((node) => node.inputs), ...graph.outputs])
    uses.set(name, (uses.get(name) ?? 0) + 1);
  return {
    node: (name) => nodes.get(name),
    weight: (name) => graph.weights.get(name),
    shape: (name) => shapes.get(name) ?? graph.weights.get(name)?.shape ?? graph.input.shape,
    uses: (name) => uses.get(name) ?? 0,
  };
}

function replace(graph: Graph, old: Node, replacement: Replacement): Graph {
  const added = (replacement.weights ?? []).map((weight) => [weight.name, weight] as const);
  const weights = new Map([...graph.weights, ...added]);
  if ('nodes' in replacement) {
    return { ...graph, weights, nodes: graph.nodes.flatMap((node) => (node === old ? replacement.nodes : [node])) };
  }
  const rename = (name: string) => (name === old.name ? replacement.same : name);
  const nodes = graph.nodes
    .filter((node) => node !== old)
    .map((node) => ({ ...node, inputs: node.inputs.map(rename) }));
  return { ...graph, weights, nodes, outputs: graph.outputs.map(rename) };
}

/** Leaves out nodes and weights that no output depends on. */
function sweep(graph: Graph): Graph {
  const wanted = new Set(graph.outputs.map(nodeName));
  const nodes = [...graph.nodes].reverse().filter((node) => {
    if (!wanted.has(node.name)) return false;
    for (const input of node.inputs) wanted.add(nodeName(input));
    return true;
  });
  return {
    ...graph,
    nodes: nodes.reverse(),
    weights: new Map([...graph.weights].filter(([name]) => wanted.has(name))),
  };
}

/** A reshape of a weight is a weight of that shape. */
function foldReshapeOfWeight(node: Node, graph: Lookup): Replacement | undefined {
  const weight = node.op === 'Reshape' ? graph.weight(node.inputs[0]!) : undefined;
  if (weight === undefined) return undefined;
  // Named after what it is, so that the same weight reshaped again is no other one.
  const name = `${weight.name}_${node.shape.join('x')}`;
  return { same: name, weights: [{ name, shape: node.shape, data: weight.data }] };
}

/** A reshape of a reshape is one reshape. */
function joinReshapes(node: Node, graph: Lookup): Replacement | undefined {
  if (node.op !== 'Reshape') return undefined;
  const before = graph.node(node.inputs[0]!);
  return before?.op === 'Reshape' ? { nodes: [{ ...node, inputs: [before.inputs[0]!, node.inputs[1]!] }] } : undefined;
}

/** A reshape to the shape that is there already is nothing. */
function dropReshape(node: Node, graph: Lookup): Replacement | undefined {
  if (node.op !== 'Reshape') return undefined;
  const source = node.inputs[0]!;
  const shape = graph.shape(source);
  const same = shape.length === node.shape.length && shape.every((size, i) => size === node.shape[i]);
  return same ? { same: source } : undefined;
}

/**
 * (x ∗ W) · scale is x ∗ (W · scale): the last axis of W is the output channel, in a convolution and in a product; in a
 * depthwise convolution it is the last two as one.
 */
function foldScale(node: Node, graph: Lookup): Replacement | undefined {
  const scale = channelScale(node, graph);
  const product = graph.node(node.inputs[0]!);
  if (scale === undefined || product === undefined || graph.uses(product.name) !== 1) return undefined;
  if (!['Conv2D', 'DepthwiseConv2dNative', 'MatMul'].includes(product.op)) return undefined;
  const weight = graph.weight(product.inputs[1]!);
  const transposed = product.attributes.transpose_b;
  if (weight === undefined || (transposed !== undefined && 'b' in transposed && transposed.b)) return undefined;
  const name = `${node.name}_weight`;
  const scaled = { name, shape: weight.shape, data: weight.data.map((w, i) => w * scale.data[i % scale.data.length]!) };
  return { nodes: [{ ...product, name: node.name, inputs: [product.inputs[0]!, name] }], weights: [scaled] };
}

/** (x + bias) · scale is x · scale + bias · scale, which lets the scale go on into weights. */
function scaleBeforeBias(node: Node, graph: Lookup): Replacement | undefined {
  const scale = channelScale(node, graph);
  const sum = graph.node(node.inputs[0]!);
  if (scale === undefined || sum?.op !== 'BiasAdd' || graph.uses(sum.name) !== 1) return undefined;
  const bias = graph.weight(sum.inputs[1]!);
  if (bias === undefined) return undefined;
  const [scaled, shift] = [`${node.name}_scaled`, `${node.name}_bias`];
  return {
    nodes: [
      { ...node, name: scaled, inputs: [sum.inputs[0]!, scale.name] },
      { ...sum, name: node.name, inputs: [scaled, shift] },
    ],
    weights: [{ name: shift, shape: bias.shape, data: bias.data.map((b, i) => b * scale.data[i]!) }],
  };
}

/** The scale per channel that a node multiplies by, where that is what it does. */
function channelScale(node: Node, graph: Lookup): Weight | undefined {
  const scale = node.op === 'Mul' ? graph.weight(node.inputs[1]!) : undefined;
  return scale?.shape.length === 1 && scale.shape[0] === node.shape.at(-1) ? scale : undefined;
}

/** (x + b) + c is x + (b + c). */
function joinBiases(node: Node, graph: Lookup): Replacement | undefined {
  const before = node.op === 'BiasAdd' ? graph.node(node.inputs[0]!) : undefined;
  if (before?.op !== 'BiasAdd' || graph.uses(before.name) !== 1) return undefined;
  const [first, second] = [graph.weight(before.inputs[1]!), graph.weight(node.inputs[1]!)];
  if (first === undefined || second === undefined) return undefined;
  const name = `${node.name}_bias`;
  const sum = { name, shape: first.shape, data: first.data.map((b, i) => b + second.data[i]!) };
  return { nodes: [{ ...node, inputs: [before.inputs[0]!, name] }], weights: [sum] };
}
