import type { Attributes, Graph, Node, Weight } from './graph.ts';

/** Collects nodes and weights, giving each a name of its own. */
export class GraphBuilder {
  private readonly nodes: Node[] = [];
  private readonly weights = new Map<string, Weight>();
  private readonly input: Graph['input'];

  constructor(input: Graph['input']) {
    this.input = input;
  }

  /** Adds a node and returns its name: the one asked for, or the op's with a number. */
  node(op: string, inputs: readonly string[], attributes: Attributes, shape: readonly number[], name?: string): string {
    const node = { name: name ?? `${op.toLowerCase()}_${this.nodes.length}`, op, inputs, attributes, shape };
    this.nodes.push(node);
    return node.name;
  }

  /** Adds a weight and returns its name. */
  weight(data: Float32Array | Int32Array, shape: readonly number[]): string {
    const name = `weight_${this.weights.size}`;
    this.weights.set(name, { name, shape, data });
    return name;
  }

  build(outputs: readonly string[]): Graph {
    return { input: this.input, nodes: this.nodes, weights: this.weights, outputs };
  }
}
