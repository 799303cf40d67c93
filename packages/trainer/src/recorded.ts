import * as tf from '@tensorflow/tfjs';
import { canRecord, isSameRecording, NativeGraph, type Recording, record } from './native-graph.ts';

/** Times that a computation is written down before it is taken for one that is different each time. */
const TRIES = 3;

type Mode =
  | { readonly name: 'op by op' }
  /** It is written down, op by op, until it is the same as the time before. */
  | { readonly name: 'listening'; readonly tries: number; readonly before?: Recording }
  | { readonly name: 'trial'; readonly recorded: Graph }
  | { readonly name: 'graph'; readonly recorded: Graph };

interface Graph {
  readonly graph: NativeGraph;
  /** The inputs' shapes. */
  readonly shapes: string;
  /** Variables that the computation writes to: their new values come after its results. */
  readonly written: readonly tf.Variable[];
}

/**
 * A computation that is made again and again. Where TensorFlow computes on the processor, it is run op by op until it has
 * been the same twice, down to its constants; once more beside the graph of TensorFlow's that those ops make; and where the
 * graph gave the same numbers to the last bit, by the graph alone from then on. That spares tfjs's bookkeeping around each
 * op, and TensorFlow runs several at once.
 */
export class Recorded {
  private readonly compute: (inputs: readonly tf.Tensor[]) => tf.Tensor[];
  private readonly variables: readonly tf.Variable[];
  private mode: Mode;

  /**
   * @param compute from inputs and variables alone; it may write to the variables
   * @param variables all that it reads or writes
   */
  constructor(compute: (inputs: readonly tf.Tensor[]) => tf.Tensor[], variables: readonly tf.Variable[]) {
    this.compute = compute;
    this.variables = variables;
    this.mode = canRecord() ? { name: 'listening', tries: 0 } : { name: 'op by op' };
  }

  /** True when a graph has taken over. */
  get isGraph(): boolean {
    return this.mode.name === 'graph';
  }

  /**
   * What the computation returns; whoever calls disposes of it. With inputs of other shapes than the graph was made with, it
   * is run op by op.
   */
  run(inputs: readonly tf.Tensor[]): tf.Tensor[] {
    const { mode } = this;
    if (mode.name === 'listening') return this.listen(inputs, mode);
    if (mode.name === 'op by op' || shapesOf(inputs) !== mode.recorded.shapes) {
      return tf.tidy(() => this.compute(inputs));
    }
    return mode.name === 'trial' ? this.compare(inputs, mode.recorded) : this.replay(inputs, mode.recorded);
  }

  dispose(): void {
    if (this.mode.name === 'trial' || this.mode.name === 'graph') this.mode.recorded.graph.dispose();
    this.mode = { name: 'op by op' };
  }

  private listen(inputs: readonly tf.Tensor[], { tries, before }: Mode & { name: 'listening' }): tf.Tensor[] {
    return tf.tidy(() => {
      let written: readonly tf.Variable[] = [];
      const { results, recording } = record([...inputs, ...this.variables], () => {
        const computed = this.computeAndSee(inputs);
        written = computed.written;
        return [...computed.results, ...written];
      });
      if (recording !== undefined && before !== undefined && isSameRecording(recording, before)) {
        this.mode = {
          name: 'trial',
          recorded: { graph: new NativeGraph(recording), shapes: shapesOf(inputs), written },
        };
      } else if (tries + 1 === TRIES) {
        this.mode = { name: 'op by op' };
      } else {
        this.mode = { name: 'listening', tries: tries + 1, ...(recording !== undefined && { before: recording }) };
      }
      return results.slice(0, results.length - written.length);
    });
  }

  /** Runs it both ways. */
  private compare(inputs: readonly tf.Tensor[], recorded: Graph): tf.Tensor[] {
    return tf.tidy(() => {
      const byGraph = recorded.graph.run([...inputs, ...this.variables]);
      const { results, written } = this.computeAndSee(inputs);
      if ([...results, ...written].every((result, i) => hasSameBits(result, byGraph[i]!))) {
        this.mode = { name: 'graph', recorded };
      } else {
        this.dispose();
      }
      return results;
    });
  }

  private replay(inputs: readonly tf.Tensor[], { graph, written }: Graph): tf.Tensor[] {
    const all = graph.run([...inputs, ...this.variables]);
    const results = all.slice(0, all.length - written.length);
    written.forEach((variable, i) => {
      const value = all[results.length + i]!;
      variable.assign(value);
      value.dispose();
    });
    return results;
  }

  private computeAndSee(inputs: readonly tf.Tensor[]): { results: tf.Tensor[]; written: readonly tf.Variable[] } {
    const before = this.variables.map(({ dataId }) => dataId);
    const results = this.compute(inputs);
    return { results, written: this.variables.filter(({ dataId }, i) => dataId !== before[i]) };
  }
}

function shapesOf(tensors: readonly tf.Tensor[]): string {
  return tensors.map(({ shape }) => shape.join('x')).join();
}

function hasSameBits(one: tf.Tensor, other: tf.Tensor): boolean {
  const [a, b] = [one, other].map((tensor) => {
    const { buffer, byteOffset, byteLength } = tensor.dataSync();
    return Buffer.from(buffer, byteOffset, byteLength);
  });
  return a!.equals(b!);
}
