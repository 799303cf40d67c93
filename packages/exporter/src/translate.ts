import { Problem } from '@mnist-edge/recognizer';
import { type Attribute, flag, float, type Graph, int, int32, ints, outputName, text } from './graph.ts';
import { GraphBuilder } from './graph-builder.ts';
import { BATCH, type Constant, type KernelCall, kernelOf, type Recording, type Value } from './record.ts';

/** What a translation has at hand: the call, the names of its inputs in the graph, and the graph to add to. */
interface Context {
  readonly call: KernelCall;
  readonly graph: GraphBuilder;
  readonly constants: ReadonlyMap<number, Constant>;
  /** Name in the graph of an argument; a Problem when it is not there. */
  readonly input: (argument: string) => string;
  /** Shape of the first output. */
  readonly shape: readonly number[];
}

/** Writes one kernel as TensorFlow nodes and returns the name of its output, or the names of all. */
type Translation = (context: Context) => string | readonly string[];

/** tfjs's kernels and TensorFlow's ops where only the name differs, if that. */
const unary: Record<string, string> = {
  Abs: 'Abs',
  Elu: 'Elu',
  Erf: 'Erf',
  Exp: 'Exp',
  Log: 'Log',
  Neg: 'Neg',
  Relu: 'Relu',
  Relu6: 'Relu6',
  Rsqrt: 'Rsqrt',
  Selu: 'Selu',
  Sigmoid: 'Sigmoid',
  Softplus: 'Softplus',
  Sqrt: 'Sqrt',
  Square: 'Square',
  Tanh: 'Tanh',
};
const binary: Record<string, string> = {
  Add: 'AddV2',
  Sub: 'Sub',
  Multiply: 'Mul',
  RealDiv: 'RealDiv',
  SquaredDifference: 'SquaredDifference',
  Maximum: 'Maximum',
  Minimum: 'Minimum',
};
const reductions: Record<string, string> = { Max: 'Max', Mean: 'Mean', Min: 'Min', Sum: 'Sum' };
/** tfjs's names of activations inside fused kernels. */
const activations: Record<string, string> = { elu: 'Elu', relu: 'Relu', relu6: 'Relu6', sigmoid: 'Sigmoid' };

const translations: Record<string, Translation> = {
  ...Object.fromEntries(Object.entries(unary).map(([kernel, op]) => [kernel, translateUnary(op)])),
  ...Object.fromEntries(Object.entries(binary).map(([kernel, op]) => [kernel, translateBinary(op)])),
  ...Object.fromEntries(Object.entries(reductions).map(([kernel, op]) => [kernel, translateReduction(op)])),
  AvgPool: (context) => translatePool(context, 'AvgPool'),
  Cast: translateCast,
  Concat: translateConcat,
  BatchMatMul: (context) => translateMatMul(context, (product) => product),
  Conv2D: (context) => translateConvolution(context, 'Conv2D'),
  DepthwiseConv2dNative: (context) => translateConvolution(context, 'DepthwiseConv2dNative'),
  ExpandDims: ({ graph, input, shape }) => reshape(graph, input('input'), shape),
  FusedBatchNorm: translateBatchNorm,
  FusedConv2D: (context) => finishFused(context, translateConvolution(context, 'Conv2D'), context.shape),
  FusedDepthwiseConv2D: (context) =>
    finishFused(context, translateConvolution(context, 'DepthwiseConv2dNative'), context.shape),
  Identity: ({ input }) => input('x'),
  MaxPool: (context) => translatePool(context, 'MaxPool'),
  Reshape: ({ graph, input, shape }) => reshape(graph, input('x'), shape),
  Slice: translateSlice,
  Softmax: ({ graph, input, shape }) => graph.node('Softmax', [input('logits')], { T: float }, shape),
  SplitV: translateSplit,
  Tile: translateTile,
  Transpose: translateTranspose,
  Unpack: translateUnpack,
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
    const shape = call.outputs[0]?.shape ?? [];
    if (translation === undefined) {
      throw new Problem(
        `The exporter has no translation for the kernel ${call.kernel}${call.layer === undefined ? '' : ` of the layer ${call.layer}`} ` +
          `(number ${position + 1} of ${recording.calls.length} in the forward pass, output [${shape.join(', ')}]). ` +
          `It knows: ${Object.keys(translations).sort().join(', ')}. Write the layer with those, or add the kernel to ` +
          'packages/exporter/src/translate.ts.',
      );
    }
    const input = (argument: string): string => {
      const value = call.inputs[argument];
      if (value === undefined) throw new Problem(`${kernelOf(call)} came without its input "${argument}".`);
      if (recording.constants.get(value.id)?.repeated === true && !broadcasting.has(call.kernel)) {
        throw new Problem(
          `${kernelOf(call)} cannot be exported: it reads numbers that are repeated for each image, which only ` +
            `${[...broadcasting].join(', ')} can.`,
        );
      }
      return nameOf(value);
    };
    const made = [translation({ call, graph, constants: recording.constants, input, shape })].flat();
    call.outputs.forEach((output, i) => {
      names.set(output.id, made[i]!);
    });
  });
  return graph.build([nameOf(recording.output)]);
}

/** Kernels for which an axis of 1 is as good as its number repeated. */
const broadcasting: ReadonlySet<string> = new Set([...Object.keys(binary), 'FusedBatchNorm']);

function translateUnary(op: string): Translation {
  return ({ graph, input, shape }) => graph.node(op, [input('x')], { T: float }, shape);
}

function translateBinary(op: string): Translation {
  return ({ graph, input, shape }) => graph.node(op, [input('a'), input('b')], { T: float }, shape);
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

function translateConvolution({ call, graph, input, shape }: Context, op: string): string {
  const { strides, dilations } = call.attributes;
  const attributes = {
    T: float,
    strides: window(strides),
    dilations: window(dilations),
    padding: padding(call),
    data_format: layout(call),
  };
  return graph.node(op, [input('x'), input('filter')], attributes, shape);
}

function translatePool({ call, graph, input, shape }: Context, op: string): string {
  const { filterSize, strides } = call.attributes;
  const attributes = {
    T: float,
    ksize: window(filterSize),
    strides: window(strides),
    padding: padding(call),
    data_format: text('NHWC'),
  };
  return graph.node(op, [input('x')], attributes, shape);
}

/**
 * tfjs multiplies matrices as batches of one, `[1, m, k] × [1, k, n]`; written as plain matrices, which every runtime
 * does best. `finish` adds what a fused kernel does to the product.
 */
function translateMatMul(context: Context, finish: (product: string, shape: readonly number[]) => string): string {
  const { call, graph, input, shape } = context;
  const { transposeA, transposeB } = call.attributes;
  const [a, b] = [call.inputs.a!, call.inputs.b!];
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
function translateBatchNorm(context: Context): string {
  const { call, graph, constants, input, shape } = context;
  const [mean, variance, scale, offset] = ['mean', 'variance', 'scale', 'offset'].map((argument) => {
    const value = call.inputs[argument];
    return value && constants.get(value.id);
  });
  if (mean?.shape.length !== 1 || variance === undefined) return normalizeByComputed(context);
  const epsilon = Number(call.attributes.varianceEpsilon);
  const factors = Float32Array.from(variance.data, (x, i) => (scale?.data[i] ?? 1) / Math.sqrt(x + epsilon));
  const shifts = Float32Array.from(mean.data, (x, i) => (offset?.data[i] ?? 0) - x * factors[i]!);
  const scaled = graph.node('Mul', [input('x'), graph.weight(factors, mean.shape)], { T: float }, shape);
  return addBias(graph, scaled, graph.weight(shifts, mean.shape), shape);
}

/** Normalization by what was computed from the image itself, as layer norm does it: by its definition. */
function normalizeByComputed({ call, graph, constants, input, shape }: Context): string {
  // tfjs gives its kernel four axes, and statistics repeated to the size of the image: both are undone here.
  const bare = (argument: string) =>
    withoutTile(graph, withoutFirstAxis(graph, input(argument), call.inputs[argument]!));
  const plain = shape.length === 4 && shape[0] === 1 ? shape.slice(1) : shape;
  const parameter = (argument: string) => {
    const constant = constants.get(call.inputs[argument]!.id);
    if (constant === undefined) return bare(argument);
    const small = withoutRepeats(constant);
    return graph.weight(small.data, small.shape);
  };
  const variance = bare('variance');
  const sizes = graph.find(variance)?.shape ?? plain;
  const epsilon = graph.weight(Float32Array.of(Number(call.attributes.varianceEpsilon)), []);
  const safe = graph.node('AddV2', [variance, epsilon], { T: float }, sizes);
  const factor = graph.node('Rsqrt', [safe], { T: float }, sizes);
  const centred = graph.node('Sub', [bare('x'), bare('mean')], { T: float }, plain);
  let name = graph.node('Mul', [centred, factor], { T: float }, plain);
  if (call.inputs.scale !== undefined) name = graph.node('Mul', [name, parameter('scale')], { T: float }, plain);
  if (call.inputs.offset !== undefined) name = graph.node('AddV2', [name, parameter('offset')], { T: float }, plain);
  return reshape(graph, name, shape);
}

/** What a reshape put an axis of 1 before. */
function withoutFirstAxis(graph: GraphBuilder, name: string, { shape }: Value): string {
  const node = graph.find(name);
  const before = node?.op === 'Reshape' ? graph.find(node.inputs[0]!) : undefined;
  return before !== undefined && before.shape.join() === shape.slice(1).join() && shape[0] === 1 ? before.name : name;
}

/** What was repeated: broadcasting does the same. */
function withoutTile(graph: GraphBuilder, name: string): string {
  const node = graph.find(name);
  return node?.op === 'Tile' ? node.inputs[0]! : name;
}

/** A constant that broadcasts to the one given: leading axes of 1 left out, and of equal rows one. */
function withoutRepeats({ data, shape }: Constant): { data: Constant['data']; shape: readonly number[] } {
  const [first, ...rest] = shape;
  if (first === undefined || rest.length === 0) return { data, shape };
  const row = data.length / first;
  return data.every((x, i) => x === data[i % row])
    ? withoutRepeats({ id: 0, repeated: false, data: data.slice(0, row), shape: rest })
    : { data, shape };
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

function translateReduction(op: string): Translation {
  return ({ call, graph, input, shape }) => {
    const axes = indices(graph, [call.attributes.axis ?? call.attributes.reductionIndices].flat().map(Number));
    const attributes = { T: float, Tidx: int32, keep_dims: flag(call.attributes.keepDims === true) };
    return graph.node(op, [input('x'), axes], attributes, shape);
  };
}

function translateConcat({ call, graph, input, shape }: Context): string {
  const parts = Object.keys(call.inputs).map(input);
  const axis = graph.weight(Int32Array.of(Number(call.attributes.axis)), []);
  return graph.node('ConcatV2', [...parts, axis], { T: float, N: int(parts.length), Tidx: int32 }, shape);
}

function translateSplit({ call, graph, input, shape }: Context): readonly string[] {
  const { outputs } = call;
  const axis = ((Number(call.attributes.axis) % shape.length) + shape.length) % shape.length;
  const sizes = outputs.map((output) => output.shape[axis]!);
  if (sizes.includes(BATCH)) throw refuse(call, 'axis', ['every axis but that of the batch']);
  const inputs = [input('x'), indices(graph, sizes), graph.weight(Int32Array.of(axis), [])];
  return several('SplitV', inputs, { T: float, Tlen: int32, num_split: int(outputs.length) }, { call, graph });
}

function translateUnpack({ call, graph, input }: Context): readonly string[] {
  const attributes = { T: float, axis: int(Number(call.attributes.axis)), num: int(call.outputs.length) };
  return several('Unpack', [input('value')], attributes, { call, graph });
}

/** A node with an output for each that the kernel has. */
function several(
  op: string,
  inputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>>,
  { call, graph }: Pick<Context, 'call' | 'graph'>,
): readonly string[] {
  const [first, ...others] = call.outputs.map((output) => output.shape);
  const name = graph.node(op, inputs, attributes, first!, others);
  return call.outputs.map((_, i) => outputName(name, i));
}

/** Of the axis of the batch, all or nothing can be taken: a size of −1 is what is left. */
function translateSlice({ call, graph, input, shape }: Context): string {
  const begin = [call.attributes.begin].flat().map(Number);
  if (shape.some((size, i) => size === BATCH && begin[i] !== 0)) throw refuse(call, 'begin', ['0 along the batch']);
  const attributes = { T: float, Index: int32 };
  return graph.node('Slice', [input('x'), indices(graph, begin), indices(graph, shape)], attributes, shape);
}

function translateTile({ call, graph, input, shape }: Context): string {
  const times = [call.attributes.reps].flat().map(Number);
  if (times.includes(BATCH)) throw refuse(call, 'reps', ['numbers that do not depend on the batch']);
  return graph.node('Tile', [input('x'), indices(graph, times)], { T: float, Tmultiples: int32 }, shape);
}

function translateTranspose({ call, graph, input, shape }: Context): string {
  const order = indices(graph, [call.attributes.perm].flat().map(Number));
  return graph.node('Transpose', [input('x'), order], { T: float, Tperm: int32 }, shape);
}

function indices(graph: GraphBuilder, values: readonly number[]): string {
  return graph.weight(Int32Array.from(values), [values.length]);
}

/** A Reshape node to a shape in which at most one axis depends on the batch. */
function reshape(graph: GraphBuilder, input: string, shape: readonly number[]): string {
  if (shape.filter((size) => size === BATCH).length > 1) {
    throw new Problem(
      `A reshape to [${shape.join(', ')}] has two axes that depend on the batch size; one at most can be exported.`,
    );
  }
  return graph.node('Reshape', [input, indices(graph, shape)], { T: float, Tshape: int32 }, shape);
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
    `${kernelOf(call)} with ${attribute} = ${JSON.stringify(call.attributes[attribute])} cannot be exported; ` +
      `the exporter knows ${allowed.join(', ')}.`,
  );
}
