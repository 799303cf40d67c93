import { join } from 'node:path';
import { artifacts, workspaceRoot } from '@mnist-edge/command';

/** The folders that set-up reads and writes; tests use folders of their own. */
export interface Place {
  /** The Python package, this project's own folder. */
  readonly source: string;
  /** Where everything Python goes: the environment, its commands, pipx, the stamp, the log. */
  readonly home: string;
  /** The npm package @tensorflow/tfjs-node-gpu, whose native part is built in place. */
  readonly tfjs: string;
}

export const thisCheckout: Place = {
  source: join(workspaceRoot, 'tools/python'),
  home: artifacts('python'),
  tfjs: join(workspaceRoot, 'node_modules/@tensorflow/tfjs-node-gpu'),
};

/** The folder that holds the commands of the Python environment, such as tf2onnx. */
export function binFolder({ home }: Place): string {
  return join(home, 'bin');
}

/** The Python interpreter of the environment. */
export function environmentPython({ home }: Place): string {
  return join(home, 'pipx/venvs/mnist-edge-tools/bin/python');
}
