import { join } from 'node:path';
import { workspaceRoot } from '@mnist-edge/command';

/** For tests: the folder of the bundle that this repository releases. */
export const releasedModel = join(workspaceRoot, 'models', 'digits');
