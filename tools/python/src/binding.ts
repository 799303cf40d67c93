import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { writeWhole } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';
import { ask, type Environment, runChild, which } from './child.ts';
import type { Versions } from './environment.ts';
import { stepFailed } from './failure.ts';
import { environmentPython, type Place, thisCheckout } from './place.ts';
import { type Say, step } from './step.ts';

/** Whether TensorFlow.js can compute with native TensorFlow here; if not, the reason with the way out, as a sentence. */
export type NativeBinding =
  | {
      readonly state: 'ready';
      readonly tensorflow: string;
      readonly cuda: boolean;
      /** Where the TensorFlow that is linked lies. */
      readonly folder: string;
    }
  | { readonly state: 'missing'; readonly reason: string };

/** Lies beside the binding in node_modules, so that `npm ci` removes both; written last. */
interface BindingStamp {
  readonly key: string;
  readonly tensorflow: string;
  readonly cuda: boolean;
  /** The folder of the TensorFlow that is linked; the binding names it. */
  readonly folder: string;
}

/** The one Node-API version that @mapbox/node-pre-gyp looks for in the Node versions supported here. */
const NODE_API = 8;

/** Tells in no time whether native TensorFlow is set up; reads one small file and never throws. */
export function nativeBinding(place: Place = thisCheckout): NativeBinding {
  const stamp = readStamp(place);
  const wayOut = 'Set it up with: npx nx run tools:setup';
  if (stamp === null || !existsSync(bindingFile(place))) {
    return { state: 'missing', reason: `the native TensorFlow binding is not built in this checkout. ${wayOut}` };
  }
  if (!existsSync(join(stamp.folder, LIBRARY))) {
    return { state: 'missing', reason: `the TensorFlow that it was linked to, ${stamp.folder}, is gone. ${wayOut}` };
  }
  return { state: 'ready', tensorflow: stamp.tensorflow, cuda: stamp.cuda, folder: stamp.folder };
}

/** True when the binding is built and linked to just this TensorFlow. */
export async function isBindingCurrent(versions: Versions, place: Place): Promise<boolean> {
  return nativeBinding(place).state === 'ready' && readStamp(place)?.key === (await bindingKey(versions, place));
}

/**
 * Links TensorFlow's libraries and headers into the npm package, compiles its binding, loads it once, and writes the stamp.
 * @throws {Problem} when a step fails
 */
export async function buildBinding(
  versions: Versions,
  { place, env, say, log }: { place: Place; env: Environment; say: Say; log: string },
): Promise<void> {
  await rm(stampFile(place), { force: true });
  const nodeGyp = findNodeGyp(env);
  if (nodeGyp === null) {
    throw new Problem(
      "npm's own node-gyp was not found. Install npm anew (npm install --global npm) and run this again.",
    );
  }
  await linkTensorFlow(versions.tensorflowFolder, place);
  await step(say, `building the native binding to TensorFlow ${versions.tensorflow}`, async () => {
    const options = { env: buildEnvironment(versions.tensorflowFolder, env), log, cwd: place.tfjs };
    const built = await runChild(process.execPath, [nodeGyp, 'rebuild', ...buildArguments(place)], options);
    if (built.code !== 0) throw stepFailed('building the native TensorFlow binding', built, log);
    const script = `process.stdout.write('loaded ' + require(${JSON.stringify(bindingFile(place))}).TF_Version)`;
    const loaded = await runChild(process.execPath, ['-e', script], {
      env: { ...env, TF_CPP_MIN_LOG_LEVEL: '2' },
      log,
    });
    if (loaded.code !== 0 || !loaded.output.includes(`loaded ${versions.tensorflow}`)) {
      throw stepFailed(`loading the binding, which must say "loaded ${versions.tensorflow}"`, loaded, log);
    }
  });
  const stamp: BindingStamp = {
    key: await bindingKey(versions, place),
    tensorflow: versions.tensorflow,
    cuda: versions.cuda,
    folder: versions.tensorflowFolder,
  };
  await writeWhole(stampFile(place), `${JSON.stringify(stamp, null, 2)}\n`);
}

/**
 * What the build needs and cannot bring itself.
 * @throws {Problem} naming what is missing; cheap, so it is asked before the long download
 */
export function needCompiler(place: Place, env: Environment): void {
  const missing = ['make', compiler(env)].filter((tool) => ask(tool, ['--version'], env) === null);
  if (missing.length > 0) {
    throw new Problem(
      `${missing.join(' and ')} cannot be run, and the native TensorFlow binding has to be compiled. ` +
        'On Debian and Ubuntu: apt install build-essential',
    );
  }
  if (!existsSync(join(place.tfjs, 'binding.gyp'))) {
    throw new Problem(`${place.tfjs} is not there. Install the npm packages first: npm ci`);
  }
  if (/\s/.test(place.tfjs + place.home)) {
    throw new Problem(
      `The checkout's path has a space in it, which make cannot handle: ${place.tfjs}. Move the checkout.`,
    );
  }
}

/** The C++ compiler that node-gyp's makefiles call. */
export function compiler(env: Environment): string {
  return env.CXX ?? 'g++';
}

/**
 * The path of npm's own node-gyp, or null. npm is wherever this Node's installer, a distribution or a version manager
 * put it: the npm that runs this, the one beside Node (in the folder tree `prefix`), the one on PATH.
 */
export function findNodeGyp(env: Environment, prefix = nodePrefix()): string | null {
  const onPath = which('npm', env);
  const npms = [
    env.npm_execpath,
    join(prefix, 'lib/node_modules/npm/bin/npm-cli.js'),
    onPath === null ? undefined : realpathSync(onPath),
  ];
  for (const npm of npms) {
    if (npm === undefined || !existsSync(npm)) continue;
    try {
      return createRequire(npm).resolve('node-gyp/bin/node-gyp.js');
    } catch {
      // Another package manager, or a version manager's stand-in: the next one may have it.
    }
  }
  return null;
}

const LIBRARY = 'libtensorflow_cc.so.2';
const FRAMEWORK = 'libtensorflow_framework.so.2';

/** Puts links where binding.gyp looks for the libtensorflow of 2022 that the npm package would download. */
async function linkTensorFlow(folder: string, { tfjs }: Place): Promise<void> {
  const links = [
    ['include', 'include'],
    ['lib/libtensorflow.so', LIBRARY],
    [`lib/${LIBRARY}`, LIBRARY],
    ['lib/libtensorflow_framework.so', FRAMEWORK],
    [`lib/${FRAMEWORK}`, FRAMEWORK],
  ] as const;
  await rm(join(tfjs, 'deps'), { recursive: true, force: true });
  await mkdir(join(tfjs, 'deps/lib'), { recursive: true });
  for (const [link, target] of links) await symlink(join(folder, target), join(tfjs, 'deps', link));
}

function buildArguments(place: Place): string[] {
  const prefix = nodePrefix();
  return [
    // Without Node's headers beside Node, node-gyp downloads them.
    ...(existsSync(join(prefix, 'include/node/node_api.h')) ? [`--nodedir=${prefix}`] : []),
    `--python=${environmentPython(place)}`,
    `--napi_build_version=${NODE_API}`,
    '--module_name=tfjs_binding',
    `--module_path=${dirname(bindingFile(place))}`,
  ];
}

function buildEnvironment(folder: string, env: Environment): Environment {
  // The real folder, not the links: TensorFlow's CUDA build finds NVIDIA's libraries relative to where it lies.
  const rpath = `-Wl,-rpath,${folder}`;
  return { ...env, LDFLAGS: env.LDFLAGS ? `${env.LDFLAGS} ${rpath}` : rpath };
}

function nodePrefix(): string {
  return dirname(dirname(realpathSync(process.execPath)));
}

async function bindingKey(versions: Versions, { tfjs }: Place): Promise<string> {
  const description = await readFile(join(tfjs, 'package.json'), 'utf8');
  const { tensorflow, cuda, tensorflowFolder } = versions;
  return createHash('sha256')
    .update(JSON.stringify([description, tensorflow, cuda, tensorflowFolder, process.platform, process.arch]))
    .digest('hex');
}

function readStamp(place: Place): BindingStamp | null {
  try {
    const stamp = JSON.parse(readFileSync(stampFile(place), 'utf8')) as BindingStamp | null;
    return typeof stamp?.folder === 'string' ? stamp : null;
  } catch {
    return null;
  }
}

function bindingFile({ tfjs }: Place): string {
  return join(tfjs, `lib/napi-v${NODE_API}/tfjs_binding.node`);
}

function stampFile(place: Place): string {
  return join(dirname(bindingFile(place)), 'mnist-edge.json');
}
