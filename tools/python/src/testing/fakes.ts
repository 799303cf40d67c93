import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../child.ts';
import { type Place, thisCheckout } from '../place.ts';

/** A machine of shell scripts: a PATH with nothing on it but what a test puts there, and folders of its own. */
export interface FakeMachine {
  readonly folder: string;
  readonly place: Place;
  readonly env: Environment;
  /** Puts a command on PATH: the body of a shell script. */
  put(name: string, body: string): Promise<void>;
  remove(): Promise<void>;
}

const TENSORFLOW = '2.21.0';

export async function fakeMachine(): Promise<FakeMachine> {
  const folder = await mkdtemp(join(tmpdir(), 'tools-'));
  const path = join(folder, 'bin');
  const place: Place = { source: join(folder, 'source'), home: join(folder, 'home'), tfjs: join(folder, 'tfjs') };
  for (const made of [path, place.source, place.tfjs]) await mkdir(made, { recursive: true });
  await cp(join(thisCheckout.source, 'pyproject.toml'), join(place.source, 'pyproject.toml'));
  await writeFile(join(place.tfjs, 'package.json'), '{"version":"4.22.0"}');
  await writeFile(join(place.tfjs, 'binding.gyp'), '');
  return {
    folder,
    place,
    env: { PATH: path, FAKE: folder, npm_execpath: join(folder, 'npm/bin/npm-cli.js') },
    put: (name, body) => script(join(path, name), body),
    remove: () => rm(folder, { recursive: true }),
  };
}

/** Puts everything there that set-up needs: each command does what set-up relies on and notes that it was called. */
export async function complete(machine: FakeMachine): Promise<void> {
  await machine.put('make', 'echo GNU Make 4.3');
  await machine.put('g++', 'echo g++ 12.2.0');
  await machine.put('python3', python('3.12.3'));
  await machine.put('pipx', pipx(machine.place));
  await fakeNodeGyp(machine);
}

/** A Python that answers with its version and has no pipx of its own. */
export function python(version: string): string {
  return `case "$1 $2" in "-c "*) echo ${version} ;; *) echo "python3: No module named pipx" >&2; exit 1 ;; esac`;
}

/** A pipx that writes what the real one leaves behind. */
function pipx({ home }: Place): string {
  const bin = join(home, 'bin');
  const venv = join(home, 'pipx/venvs/mnist-edge-tools');
  const tensorflow = join(venv, 'tensorflow');
  const versions = JSON.stringify({
    ...{ python: '3.12.3', tf2onnx: '1.17.0', numpy: '1.26.4', onnx: '1.23.1', onnxruntime: '1.30.0' },
    ...{ tensorflow: TENSORFLOW, cuda: false, tensorflowFolder: tensorflow },
  });
  return `
    [ "$1" = --version ] && { echo 1.18.4; exit; }
    echo "pipx $*" >> "$FAKE/calls"
    /bin/mkdir -p "${bin}" "${venv}/bin" "${tensorflow}"
    : > "${venv}/bin/python"
    : > "${tensorflow}/libtensorflow_cc.so.2"
    echo '#!/bin/sh' > "${bin}/tf2onnx"
    printf '%s\\n' '#!/bin/sh' "echo '"'${versions}'"'" > "${bin}/mnist-edge-onnx"
    /bin/chmod +x "${bin}/tf2onnx" "${bin}/mnist-edge-onnx"`;
}

/** A node-gyp, in npm's place, that "builds" this checkout's real binding, so that loading it is real. */
async function fakeNodeGyp({ folder, place }: FakeMachine): Promise<void> {
  const binding = 'lib/napi-v8/tfjs_binding.node';
  await mkdir(join(folder, 'npm/bin'), { recursive: true });
  await mkdir(join(folder, 'npm/node_modules/node-gyp/bin'), { recursive: true });
  await writeFile(join(folder, 'npm/bin/npm-cli.js'), '');
  await writeFile(
    join(folder, 'npm/node_modules/node-gyp/bin/node-gyp.js'),
    `const fs = require('node:fs');
     fs.appendFileSync(process.env.FAKE + '/calls', 'node-gyp ' + process.argv[2] + ' ' + process.env.LDFLAGS + '\\n');
     fs.mkdirSync(${JSON.stringify(join(place.tfjs, 'lib/napi-v8'))}, { recursive: true });
     fs.copyFileSync(${JSON.stringify(join(thisCheckout.tfjs, binding))}, ${JSON.stringify(join(place.tfjs, binding))});`,
  );
}

async function script(file: string, body: string): Promise<void> {
  await writeFile(file, `#!/bin/sh\n${body}\n`);
  await chmod(file, 0o755);
}
