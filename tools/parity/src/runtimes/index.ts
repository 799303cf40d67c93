import type { Runtime } from '../runtime.ts';
import { httpServer } from './http-server.ts';
import { onnxruntimeNode } from './onnxruntime-node.ts';
import { onnxruntimeWebChromium } from './onnxruntime-web-chromium.ts';
import { onnxruntimeWebNode } from './onnxruntime-web-node.ts';
import { tfjsTensorFlow } from './tfjs-tensorflow.ts';

/** What all others must answer like. */
export const reference = tfjsTensorFlow;

/** Every other runtime there is. */
export const runtimes: readonly Runtime[] = [onnxruntimeNode, onnxruntimeWebNode, onnxruntimeWebChromium, httpServer];
