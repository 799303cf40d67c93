import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Problem } from '@mnist-edge/recognizer';
import { pythonTool } from '@mnist-edge/tools';

const run = promisify(execFile);

/**
 * Runs a tool of the Python environment to its end.
 * @returns what it wrote to its standard output
 * @throws {Problem} with the tool's own last words when it refuses or is not set up
 */
export async function runPythonTool(name: 'tf2onnx' | 'mnist-edge-onnx', args: readonly string[]): Promise<string> {
  const path = pythonTool(name);
  try {
    // TensorFlow's own start-up messages are for its developers; a GPU is of no use to a conversion.
    const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2', CUDA_VISIBLE_DEVICES: '' };
    return (await run(path, args, { env, maxBuffer: 64 * 2 ** 20 })).stdout;
  } catch (error) {
    const words = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    const last = words.trim().split('\n').slice(-6).join('\n');
    throw new Problem(`${path} failed:\n${last}\nIf it is not whole, set it up again: npx nx run tools:setup`, {
      cause: error,
    });
  }
}
