import { Problem } from '@mnist-edge/recognizer';
import { type Attribute, flag, float, type Graph, int32, ints, text } from './graph.ts';
import { GraphBuilder } from './graph-builder.ts';
import { BATCH, type Constant, type KernelCall, type Recording, type Value } from './record.ts';

/** What a translation has at hand: the call, the names of its inputs in the graph, and the graph to add to. */
interface Context {
  readonly call: KernelCall;
  readonly graph: GraphBuilder;
  readonly constants: ReadonlyMap<number, Constant>;
  /** Name in the graph of an argument; a Problem when it is not there. */
  readonly input: (argument: string) => string;
}

/** Writes one kernel as TensorFlow nodes and returns the name of the last. */
type Translation = (context: Context) => string;

/** tfjs's kernels and TensorFlow's ops where only the name differs, if that. */
const unary: Record<string, string> = {
  Elu: 'Elu',
  Relu: 'Relu',
  Relu6: 'Relu6',
  Sigmoid: 'Sigmoid',
  Tanh: 'Tanh',
};
const binary: Record<string, string> = {
  Add: 'AddV2',
  Sub: 'Sub',
  Multiply: 'Mul',
  RealDiv: 'RealDiv',
  Maximum: 'Maximum',
  Minimum: 'Minimum',
};
/** tfjs's names of activations inside fused kernels. */
const activations: Record<string, string> = { elu: 'Elu', relu: 'Relu', relu6: 'Relu6', sigmoid: 'Sigmoid' };

const translations: Record<string, Translation> = {
  ...Object.fromEntries(Object.entries(unary).map(([kernel, op]) => [kernel, translateUnary(op)])),
  ...Object.fromEntries(Object.entries(binary).map(([kernel, op]) => [kernel, translateBinary(op)])),
  AvgPool: (context) => translatePool(context, 'AvgPool'),
  Cast: translateCast,
  BatchMatMul: (context) => translateMatMul(context, (product) => product),
  Conv2D: (context) => translateConvolution(context, 'Conv2D'),
  DepthwiseConv2dNative: (context) => translateConvolution(context, 'DepthwiseConv2dNative'),
  FusedBatchNorm: translateBatchNorm,
  FusedConv2D: (context) => finishFused(context, translateConvolution(context, 'Conv2D'), context.call.output.shape),
  FusedDepthwiseConv2D: (context) =>
    finishFused(context, translateConvolution(context, 'DepthwiseConv2dNative'), context.call.output.shape),
  Identity: ({ input }) => input('x'),
  MaxPool: (context) => translatePool(context, 'MaxPool'),
  Mean: translateMean,
  Reshape: ({ call, graph, input }) => reshape(graph, input('x'), call.output.shape),
  Softmax: ({ call, graph, input }) => graph.node('Softmax', [input('logits')], { T: float }, call.output.shape),
  _FusedMatMul: (context) => translateMatMul(context, (product, shape) => finishFused(context, product, shape)),
};

/**
 * Writes a recorded forward pass as a TensorFlow graph whose one output is the recording's.
 * @throws {Problem} naming the first kernel, or the option of one, that there is no translation for
 */
export function translate(recording: Recording, inputName: string): Graph {
  const graph = new GraphBuilder({ name: inputName, shape: recording.input.shape });
  const names = new Map([[recording.input.id, inputName]]);
  const nameOf = (value: Value): string => {
    const known = names.get(value.id);
    if (known !== undefined) return known;
    const { data, shape } = recording.constants.get(value.id)!;
    const name = graph.weight(data, shape);
    names.set(value.id, name);
    return name;
  };
  recording.calls.forEach((call, position) => {
    const translation = Object.hasOwn(translations, call.kernel) ? translations[call.kernel] : undefined;
    if (translation === undefined) {
      throw new Problem(
        `The exporter has no translation for the kernel ${call.kernel} (number ${position + 1} of ${recording.calls.length} in the ` +
          `forward pass, output [${call.output.shape.join(', ')}]). It knows: ${Object.keys(translations).sort().join(', ')}.`,
      );
    }
    const input = (argument: string): string => {
      const value = call.inputs[argument];
      if (value === undefined) throw new Problem(`The kernel ${call.kernel} came without its input "${argument}".`);
      return nameOf(value);
    };
    names.set(call.output.id, translation({ call, graph, constants: recording.constants, input }));
  });
  return graph.build([nameOf(recording.output)]);
}

function translateUnary(op: string): Translation {
  return ({ call, graph, input }) => graph.node(op, [input('x')], { T: float }, call.output.shape);
}

function translateBinary(op: string): Translation {
  return ({ call, graph, input }) => graph.node(op, [input('a'), input('b')], { T: float }, call.output.shape);
}

/** Of a fused kernel: the bias and the activation behind the convolution or product. */
function finishFused({ call, graph, input }: Context, product: string, shape: readonly number[]): string {
  let name = product;
  if (call.inputs.bias !== undefined) name = addBias(graph, name, input('bias'), shape);
  const { activation } = call.attributes;
  if (activation === undefined || activation === null || activation === 'linear') return name;
  const op = activations[String(activation)];
  if (op === undefined) throw refuse(call, 'activation', Object.keys(activations));
  return graph.node(op, [name], { T: float }, shape);
}

function translateConvolution({ call, graph, input }: Context, op: string): string {
  const { strides, dilations } = call.attributes;
  const attributes = {
    T: float,
    strides: window(strides),
    dilations: window(dilations),
    padding: padding(call),
    data_format: layout(call),
  };
  return graph.node(op, [input('x'), input('filter')], attributes, call.output.shape);
}

function translatePool({ call, graph, input }: Context, op: string): string {
  const { filterSize, strides } = call.attributes;
  const attributes = {
    T: float,
    ksize: window(filterSize),
    strides: window(strides),
    padding: padding(call),
    data_format: text('NHWC'),
  };
  return graph.node(op, [input('x')], attributes, call.output.shape);
}

/**
 * tfjs multiplies matrices as batches of one, `[1, m, k] × [1, k, n]`; written as plain matrices, which every runtime
 * does best. `finish` adds what a fused kernel does to the product.
 */
function translateMatMul(context: Context, finish: (product: string, shape: readonly number[]) => string): string {
  const { call, graph, input } = context;
  const { transposeA, transposeB } = call.attributes;
  const [a, b] = [call.inputs.a!, call.inputs.b!];
  const { shape } = call.output;
  if (shape.length === 3 && a.shape[0] === 1 && b.shape[0] === 1) {
    const plain = shape.slice(1);
    const factors = [reshape(graph, input('a'), a.shape.slice(1)), reshape(graph, input('b'), b.shape.slice(1))];
    const attributes = { T: float, transpose_a: flag(transposeA === true), transpose_b: flag(transposeB === true) };
    return reshape(graph, finish(graph.node('MatMul', factors, attributes, plain), plain), shape);
  }
  const attributes = { T: float, adj_x: flag(transposeA === true), adj_y: flag(transposeB === true) };
  return finish(graph.node('BatchMatMulV2', [input('a'), input('b')], attributes, shape), shape);
}

/** Batch normalization with fixed statistics is one multiplication and one addition per channel. */
function translateBatchNorm({ call, graph, constants, input }: Context): string {
  const [mean, variance] = [constantOf('mean'), constantOf('variance')];
  const scale = call.inputs.scale === undefined ? mean.map(() => 1) : constantOf('scale');
  const offset = call.inputs.offset === undefined ? mean.map(() => 0) : constantOf('offset');
  const epsilon = Number(call.attributes.varianceEpsilon);
  const factor = Float32Array.from(scale, (s, i) => s / Math.sqrt(variance[i]! + epsilon));
  const shift = Float32Array.from(offset, (o, i) => o - (mean[i]! * scale[i]!) / Math.sqrt(variance[i]! + epsilon));
  const { shape } = call.output;
  const scaled = graph.node('Mul', [input('x'), graph.weight(factor, [factor.length])], { T: float }, shape);
  return addBias(graph, scaled, graph.weight(shift, [shift.length]), shape);

  function constantOf(argument: string): number[] {
    const value = call.inputs[argument];
    const constant = value === undefined ? undefined : constants.get(value.id);
    if (constant === undefined) {
      throw new Problem(`Batch normalization can be exported only with fixed statistics; its ${argument} is computed.`);
    }
    return Array.from(constant.data);
  }
}

/** Layers cast to the type that is there already; a real change of type has no place in a net of floats. */
function translateCast({ call, input }: Context): string {
  if (call.attributes.dtype !== 'float32') throw refuse(call, 'dtype', ['float32']);
  return input('x');
}

/** Adds `[channels]` to the last axis. */
function addBias(graph: GraphBuilder, to: string, bias: string, shape: readonly number[]): string {
  return graph.node('BiasAdd', [to, bias], { T: float, data_format: text('NHWC') }, shape);
}

function translateMean({ call, graph, input }: Context): string {
  const axes = [call.attributes.axis].flat().map(Number);
  const indices = graph.weight(Int32Array.from(axes), [axes.length]);
  const attributes = { T: float, Tidx: int32, keep_dims: flag(call.attributes.keepDims === true) };
  return graph.node('Mean', [input('x'), indices], attributes, call.output.shape);
}

/** A Reshape node to a shape in which at most one axis depends on the batch. */
function reshape(graph: GraphBuilder, input: string, shape: readonly number[]): string {
  if (shape.filter((size) => size === BATCH).length > 1) {
    throw new Problem(
      `A reshape to [${shape.join(', ')}] has two axes that depend on the batch size; one at most can be exported.`,
    );
  }
  const target = graph.weight(Int32Array.from(shape), [shape.length]);
  return graph.node('Reshape', [input, target], { T: float, Tshape: int32 }, shape);
}

/** `[h, w]` or one number for both, as NHWC's `[1, h, w, 1]`. */
function window(size: unknown): Attribute {
  const [height, width = height] = [size ?? 1].flat().map(Number);
  return ints([1, height!, width!, 1]);
}

function padding(call: KernelCall): Attribute {
  const { pad } = call.attributes;
  if (pad !== 'valid' && pad !== 'same') throw refuse(call, 'pad', ['valid', 'same']);
  return text(pad.toUpperCase());
}

function layout(call: KernelCall): Attribute {
  const { dataFormat } = call.attributes;
  if (dataFormat !== undefined && dataFormat !== 'NHWC') throw refuse(call, 'dataFormat', ['NHWC']);
  return text('NHWC');
}

function refuse(call: KernelCall, attribute: string, allowed: readonly string[]): Problem {
  return new Problem(
    `The kernel ${call.kernel} with ${attribute} = ${JSON.stringify(call.attributes[attribute])} cannot be exported; ` +
      `the exporter knows ${allowed.join(', ')}.`,
  );
}
