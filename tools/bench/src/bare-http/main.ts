import { createServer, type IncomingMessage } from 'node:http';
import { command, run, whole } from '@mnist-edge/command';
import { PIXELS, SIDE } from '@mnist-edge/recognizer';
import { Tensor } from 'onnxruntime-node';
import { openModel, type RawModel } from '../model.ts';

// What HTTP alone costs in Node, or HTTP and the model: a server that reads a request whole and answers a constant.
await run(
  command('bare-http', 'A node:http server that answers every request with the same number of bytes.')
    .requiredOption('--port <n>', 'port of 127.0.0.1', whole(1, 65535))
    .requiredOption('--bytes <n>', 'length of the answer', whole(2))
    .option('--model-dir <folder>', 'a bundle whose model runs on the floats at the end of each POST')
    .action(async ({ port, bytes, modelDir }: { port: number; bytes: number; modelDir?: string }) => {
      const answer = JSON.stringify('x'.repeat(bytes - 2));
      const model = modelDir === undefined ? null : await openModel(modelDir);
      createServer(async (request, response) => {
        const body = await read(request);
        if (model !== null && request.method === 'POST') await infer(model, body);
        response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': bytes });
        response.end(answer);
      }).listen(port, '127.0.0.1');
    }),
);

function read(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part)).once('end', () => resolve(Buffer.concat(parts)));
  });
}

async function infer(model: RawModel, body: Buffer): Promise<void> {
  const images = new Float32Array(PIXELS);
  new Uint8Array(images.buffer).set(body.subarray(-images.byteLength));
  await model.session.run({ [model.bundle.input.name]: new Tensor('float32', images, [1, SIDE, SIDE, 1]) });
}
