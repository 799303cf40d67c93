import { createHash } from 'node:crypto';
import type { Attributes, Graph, Node, Weight } from './graph.ts';

/** Collects nodes and weights, giving each a name of its own. */
export class GraphBuilder {
  private readonly nodes: Node[] = [];
  private readonly weights = new Map<string, Weight>();
  /** Names of weights by what is in them: a net that is unrolled reads the same ones at each step. */
  private readonly names = new Map<string, string>();
  private readonly input: Graph['input'];

  constructor(input: Graph['input']) {
    this.input = input;
  }

  /** Adds a node and returns its name, the op's with a number. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Attributes,
    shape: readonly number[],
    others?: readonly (readonly number[])[],
  ): string {
    const name = `${op.toLowerCase()}_${this.nodes.length}`;
    this.nodes.push({ name, op, inputs, attributes, shape, ...(others && { others }) });
    return name;
  }

  /** The node of that name, if it is one. */
  find(name: string): Node | undefined {
    return this.nodes.find((node) => node.name === name);
  }

  /** Adds a weight and returns its name; the same numbers in the same shape are one weight. */
  weight(data: Float32Array | Int32Array, shape: readonly number[]): string {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const key = `${data.constructor.name} ${shape} ${createHash('sha256').update(bytes).digest('hex')}`;
    const known = this.names.get(key);
    if (known !== undefined) return known;
    const name = `weight_${this.weights.size}`;
    this.weights.set(name, { name, shape, data });
    this.names.set(key, name);
    return name;
  }

  build(outputs: readonly string[]): Graph {
    return { input: this.input, nodes: this.nodes, weights: this.weights, outputs };
  }
}
