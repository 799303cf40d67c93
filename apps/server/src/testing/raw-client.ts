import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** For tests: a client that sends exactly the bytes it is told, as no HTTP library would. */
export interface RawClient {
  readonly socket: Socket;
  send(text: string): void;
  /** All that came back until the server closed the connection. */
  readonly answer: Promise<string>;
}

export async function rawClient(url: string): Promise<RawClient> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let received = '';
  socket.on('data', (bytes) => {
    received += bytes.toString('latin1');
  });
  // A connection that the server resets ends just as one that it closes.
  socket.on('error', () => {});
  const answer = once(socket, 'close').then(() => received);
  await once(socket, 'connect');
  return { socket, send: (text) => void socket.write(text), answer };
}
