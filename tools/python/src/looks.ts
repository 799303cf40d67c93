import { existsSync } from 'node:fs';
import { artifacts, shown } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';
import { compiler, nativeBinding } from './binding.ts';
import { ask, type Environment } from './child.ts';
import { chromiumVersion, findChromium } from './chromium.ts';
import { findCudaLibraries } from './cuda.ts';
import type { Look } from './doctor.ts';
import { pythonTool, readEnvironmentStamp } from './environment.ts';
import { findGpus } from './gpu.ts';
import { findPipx, pipxEnvironment } from './pipx.ts';
import type { Place } from './place.ts';
import { findPython } from './python.ts';
import { findWebGpu } from './webgpu.ts';

const SETUP = 'npx nx run tools:setup';

/** Everything that training, export and the browser tests use, in the order in which one thing needs the next. */
export function looks(place: Place, env: Environment): Look[] {
  const binding = nativeBinding(place);
  // Once the binding is built, what it was built with may go.
  const building = binding.state === 'missing';
  return [
    { name: 'Node', required: true, find: () => supportedNode(process.versions.node) },
    { name: 'npm', required: building, find: () => version('npm', env, 'Install Node anew: npm comes with it.') },
    { name: 'Python', required: building, find: () => describePython(env) },
    { name: 'pipx', required: false, find: () => describePipx(place, env) },
    { name: 'make', required: building, find: () => version('make', env, BUILD_TOOLS) },
    { name: 'C++ compiler', required: building, find: () => version(compiler(env), env, BUILD_TOOLS) },
    ...(['tf2onnx', 'onnx', 'onnxruntime'] as const).map((name) => ({
      name,
      required: true,
      find: () => installed(name, place),
    })),
    {
      name: 'TensorFlow linked',
      required: true,
      find: () => {
        if (binding.state === 'missing') throw new Problem(binding.reason);
        return `${binding.tensorflow} (${binding.cuda ? 'CUDA' : 'CPU'} build)`;
      },
    },
    {
      name: 'GPU',
      required: false,
      find: () => {
        const gpus = findGpus(env);
        if (gpus.length === 0) return 'none found; TensorFlow computes on the processor';
        if (binding.state === 'ready' && !binding.cuda) {
          throw new Problem(`${gpus.join(', ')}: not used by the CPU build that is linked. Link CUDA: ${SETUP} --cuda`);
        }
        return gpus.join(', ');
      },
    },
    ...(binding.state === 'ready' && binding.cuda
      ? [{ name: 'CUDA libraries', required: false, find: () => findCudaLibraries(binding.folder) }]
      : []),
    { name: 'GPU through WebGPU', required: false, find: () => findWebGpu(env) },
    { name: 'MNIST', required: true, find: dataset },
    { name: 'Chromium', required: false, find: () => chromiumVersion(findChromium(env), env) },
  ];
}

const BUILD_TOOLS = 'On Debian and Ubuntu: apt install build-essential';

/** @throws {Problem} for a Node that package.json's "engines" leaves out */
export function supportedNode(version: string): string {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const supported = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24;
  if (!supported) throw new Problem(`${version} is not supported. Install Node 20.19 or newer, 22.12 or newer, or 24.`);
  return version;
}

function version(tool: string, env: Environment, mend: string): string {
  const answer = ask(tool, ['--version'], env);
  if (answer === null) throw new Problem(`${tool} cannot be run. ${mend}`);
  return answer.split('\n')[0]!;
}

function describePython(env: Environment): string {
  const python = findPython(env);
  return `${python.version} (${python.command})`;
}

function describePipx(place: Place, env: Environment): string {
  const pipx = findPipx(null, place, env);
  if (pipx === null) throw new Problem(`not found; ${SETUP} brings its own.`);
  const [command, ...args] = pipx;
  return `${ask(command, [...args, '--version'], pipxEnvironment(place, env))} (${shown(command)})`;
}

function installed(name: 'tf2onnx' | 'onnx' | 'onnxruntime', place: Place): string {
  pythonTool('tf2onnx', place);
  return readEnvironmentStamp(place)!.versions[name];
}

function dataset(): string {
  const file = artifacts('data/mnist/dataset.json');
  if (!existsSync(file)) {
    throw new Problem(
      'not prepared. Fetch it with: npx nx run data:prepare (without a network, --mirror=FOLDER with the four files)',
    );
  }
  return shown(file);
}
