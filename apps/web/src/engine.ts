/// <reference path="./onnxruntime.d.ts" />
import type { OrtSession, OrtTensor } from '@mnist-edge/recognizer';
import startOnnxRuntime, { type OnnxRuntime } from 'onnxruntime-web/ort-wasm-simd-threaded.mjs';
import { type EngineImage, inUse, lengthOf } from './engine-image.ts';

/*
 * onnxruntime-web by its C functions. Its own wrapper is not used for one reason: a session that it gives always begins
 * with a model file, and to start onnxruntime and open one takes some 400 ms of a desktop's processor, at every visit.
 * Here a session can also be where an earlier one was: an engine's memory, copied, is all of its state.
 */

/** onnxruntime's number for float32. */
const FLOAT32 = 1;
/** Where a tensor lies: in the WebAssembly's memory. */
const CPU = 1;
/** All optimisations of the graph. */
const OPTIMIZE_ALL = 99;
/** Warnings and what is worse go to the console. */
const WARNING = 2;

/** A tensor outside of the engine. */
export class Tensor implements OrtTensor {
  readonly type: 'float32';
  readonly data: Float32Array;
  readonly dims: readonly number[];

  constructor(type: 'float32', data: Float32Array, dims: readonly number[]) {
    this.type = type;
    this.data = data;
    this.dims = dims;
  }
}

/** One onnxruntime, with a memory of its own, that nobody has used yet. */
export interface Engine {
  /**
   * Opens a session of an ONNX model.
   * @throws what onnxruntime says when it cannot
   */
  open(model: Uint8Array): EngineSession;
  /**
   * Goes on where another engine was when the image was made, instead of opening a model.
   * @throws {RangeError} when the image is larger than a fresh engine's memory, or not whole
   */
  resume(image: EngineImage): EngineSession;
}

export interface EngineSession extends OrtSession<Tensor> {
  run(feeds: Record<string, Tensor>, fetches: readonly string[]): Promise<Record<string, OrtTensor>>;
  /** What `resume` takes; null when the memory has grown beyond what a fresh engine has. */
  image(): EngineImage | null;
}

/**
 * @param instantiated called with what the module became
 * @throws when the browser cannot run it
 */
export async function startEngine(
  module: WebAssembly.Module,
  instantiated: (instance: WebAssembly.Instance, imports: WebAssembly.Imports) => void = () => {},
): Promise<Engine> {
  const ort = await new Promise<OnnxRuntime>((resolve, reject) => {
    startOnnxRuntime({
      // More threads need a page that is cross-origin isolated, and a net this small gains nothing from them.
      numThreads: 1,
      instantiateWasm: (imports, done) => {
        WebAssembly.instantiate(module, imports).then((instance) => {
          instantiated(instance, imports);
          done(instance, module);
        }, reject);
      },
    }).then(resolve, reject);
  });
  const fresh = ort.HEAPU8.length;

  function sessionAt(handle: number): EngineSession {
    return {
      run: async (feeds, fetches) => run(ort, handle, feeds, fetches),
      image: () => (ort.HEAPU8.length === fresh ? { ...inUse(ort.HEAPU8), constants: null, session: handle } : null),
    };
  }

  return {
    open(model) {
      check(ort, ort._OrtInit(1, WARNING) === 0);
      const options = ort._OrtCreateSessionOptions(OPTIMIZE_ALL, 0, 0, 0, 0, 0, 0, WARNING, 0, 0);
      check(ort, options !== 0);
      const at = ort._malloc(model.length);
      try {
        ort.HEAPU8.set(model, at);
        const session = ort._OrtCreateSession(at, model.length, options);
        check(ort, session !== 0);
        return sessionAt(session);
      } finally {
        ort._free(at);
        ort._OrtReleaseSessionOptions(options);
      }
    },

    resume({ memory, pieces, constants, session }) {
      const bytes = lengthOf(pieces);
      if (bytes !== memory.length) throw new RangeError(`An image of ${bytes} bytes came as ${memory.length}.`);
      const all = constants === null ? pieces : [...pieces, constants].sort(([a], [b]) => a - b);
      let [end, at] = [0, 0];
      for (const piece of all) {
        const [from, to] = piece;
        ort.HEAPU8.fill(0, end, from);
        if (piece !== constants) {
          ort.HEAPU8.set(memory.subarray(at, at + to - from), from);
          at += to - from;
        }
        end = to;
      }
      ort.HEAPU8.fill(0, end);
      return sessionAt(session);
    },
  };
}

function run(
  ort: OnnxRuntime,
  session: number,
  feeds: Record<string, Tensor>,
  fetches: readonly string[],
): Record<string, OrtTensor> {
  const allocated: number[] = [];
  const tensors: number[] = [];

  function allocate(bytes: Uint8Array): number {
    const at = ort._malloc(bytes.length);
    allocated.push(at);
    ort.HEAPU8.set(bytes, at);
    return at;
  }

  const numbers = (values: readonly number[]) => allocate(new Uint8Array(Uint32Array.from(values).buffer));
  const names = (all: readonly string[]) => numbers(all.map((name) => allocate(new TextEncoder().encode(`${name}\0`))));

  function tensorAt({ data, dims }: Tensor): number {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const tensor = ort._OrtCreateTensor(FLOAT32, allocate(bytes), bytes.length, numbers(dims), dims.length, CPU);
    check(ort, tensor !== 0);
    tensors.push(tensor);
    return tensor;
  }

  try {
    const inputNames = names(Object.keys(feeds));
    const inputs = numbers(Object.values(feeds).map(tensorAt));
    const outputNames = names(fetches);
    const outputs = numbers(fetches.map(() => 0));
    const count = tensors.length;
    check(ort, ort._OrtRun(session, inputNames, inputs, count, outputNames, fetches.length, outputs, 0) === 0);
    const made = fetches.map((_, i) => ort.HEAPU32[outputs / 4 + i]!);
    tensors.push(...made);
    const about = numbers([0, 0, 0, 0]);
    return Object.fromEntries(fetches.map((name, i) => [name, read(ort, made[i]!, about)]));
  } finally {
    for (const tensor of tensors) ort._OrtReleaseTensor(tensor);
    for (const at of allocated) ort._free(at);
  }
}

/** A copy of a tensor in the engine; without data where that is not float32. @param about room for four pointers */
function read(ort: OnnxRuntime, tensor: number, about: number): OrtTensor {
  check(ort, ort._OrtGetTensorData(tensor, about, about + 4, about + 8, about + 12) === 0);
  const [type, data, shape, rank] = ort.HEAPU32.subarray(about / 4, about / 4 + 4);
  const dims = [...ort.HEAPU32.subarray(shape! / 4, shape! / 4 + rank!)];
  ort._OrtFree(shape!);
  if (type !== FLOAT32) return { data: null, dims };
  const bytes = ort.HEAPU8.slice(data, data! + 4 * dims.reduce((a, b) => a * b, 1));
  return { data: new Float32Array(bytes.buffer), dims };
}

/** @throws what onnxruntime says went wrong, unless all is well */
function check(ort: OnnxRuntime, well: boolean): void {
  if (well) return;
  const room = ort._malloc(8);
  ort._OrtGetLastError(room, room + 4);
  const from = ort.HEAPU32[room / 4 + 1]!;
  ort._free(room);
  const bytes = ort.HEAPU8.slice(from, ort.HEAPU8.indexOf(0, from));
  throw new Error(new TextDecoder().decode(bytes) || 'It gave no reason.');
}
