import type { Runtime } from '../runtime.ts';
import { httpServer } from './http-server.ts';
import { onnxruntimeNode } from './onnxruntime-node.ts';
import { onnxruntimeWebChromium } from './onnxruntime-web-chromium.ts';
import { onnxruntimeWebNode } from './onnxruntime-web-node.ts';
import { tfjsTensorFlow } from './tfjs-tensorflow.ts';

/** What all others must answer like. */
export const reference = tfjsTensorFlow;

/** Those that run whatever ONNX file they are given. */
export const sessions: readonly Runtime[] = [onnxruntimeNode, onnxruntimeWebNode, onnxruntimeWebChromium];

/** Every runtime but the reference; the server checks a bundle's golden examples, which are of its fp32 model. */
export const runtimes: readonly Runtime[] = [...sessions, httpServer];
