import { createServer } from 'node:http';
import { command, run, whole } from '@mnist-edge/command';

// What HTTP alone costs in Node: a server that reads a request whole and answers a constant.
await run(
  command('bare-http', 'A node:http server that answers every request with the same number of bytes.')
    .requiredOption('--port <n>', 'port of 127.0.0.1', whole(1, 65535))
    .requiredOption('--bytes <n>', 'length of the answer', whole(2))
    .action(({ port, bytes }: { port: number; bytes: number }) => {
      const answer = JSON.stringify('x'.repeat(bytes - 2));
      createServer((request, response) => {
        request.resume().once('end', () => {
          response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': bytes });
          response.end(answer);
        });
      }).listen(port, '127.0.0.1');
    }),
);
