/** onnxruntime's WebAssembly and the JavaScript that Emscripten made for it; its own wrapper, which opens sessions only from files, is left out. */
declare module 'onnxruntime-web/ort-wasm-simd-threaded.mjs' {
  /** A place in the memory of the WebAssembly. */
  type Pointer = number;

  /** What is used here of onnxruntime's C functions; those that give an error code give 0 when all is well. */
  export interface OnnxRuntime {
    /** Renewed when the memory grows. */
    readonly HEAPU8: Uint8Array;
    readonly HEAPU32: Uint32Array;
    _malloc(bytes: number): Pointer;
    _free(at: Pointer): void;
    _OrtInit(threads: number, logLevel: number): number;
    _OrtGetLastError(code: Pointer, message: Pointer): number;
    _OrtFree(at: Pointer): number;
    _OrtCreateSessionOptions(
      optimizationLevel: number,
      cpuArena: 0 | 1,
      memoryPattern: 0 | 1,
      executionMode: number,
      profiling: 0 | 1,
      profilePrefix: Pointer,
      logId: Pointer,
      logLevel: number,
      logVerbosity: number,
      optimizedModelPath: Pointer,
    ): Pointer;
    _OrtReleaseSessionOptions(options: Pointer): number;
    _OrtCreateSession(model: Pointer, bytes: number, options: Pointer): Pointer;
    _OrtCreateTensor(
      type: number,
      data: Pointer,
      bytes: number,
      dims: Pointer,
      dimsLength: number,
      location: number,
    ): Pointer;
    _OrtGetTensorData(tensor: Pointer, type: Pointer, data: Pointer, dims: Pointer, dimsLength: Pointer): number;
    _OrtReleaseTensor(tensor: Pointer): number;
    _OrtRun(
      session: Pointer,
      inputNames: Pointer,
      inputs: Pointer,
      inputCount: number,
      outputNames: Pointer,
      outputCount: number,
      outputs: Pointer,
      options: Pointer,
    ): number;
  }

  export default function start(options: {
    readonly numThreads: number;
    readonly instantiateWasm: (
      imports: WebAssembly.Imports,
      done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
    ) => void;
  }): Promise<OnnxRuntime>;
}
