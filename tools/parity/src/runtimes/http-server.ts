import { PIXELS, toTensor } from '@mnist-edge/recognizer';
import { readSettings, startServer } from '@mnist-edge/server';
import { inBatches } from '../batches.ts';
import type { Runtime } from '../runtime.ts';

/** The inference server, asked over HTTP by the Open Inference Protocol. */
export const httpServer: Runtime = {
  name: 'HTTP server (Open Inference Protocol)',
  async open({ folder, bundle }) {
    const server = await startServer(readSettings(['--port', '0', '--model-dir', folder, '--log-level', 'warn'], {}));
    const url = `${server.url}/v2/models/${bundle.name}/infer`;
    const ask = async (images: Uint8Array): Promise<Float32Array> => {
      const shape = [images.length / PIXELS, ...bundle.input.shape.slice(1)];
      const data = Array.from(toTensor(images));
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          inputs: [{ name: bundle.input.name, shape, datatype: 'FP32', data }],
          outputs: [{ name: bundle.outputs.logits }],
        }),
      });
      const answer = (await response.json()) as { outputs: { data: number[] }[]; error?: string };
      if (!response.ok) throw new Error(`${url} answered ${response.status}: ${answer.error}`);
      return Float32Array.from(answer.outputs[0]!.data);
    };
    return { run: (images) => inBatches(images, ask), close: () => server.close() };
  },
};
