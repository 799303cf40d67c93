import { connect } from 'node:net';

/**
 * A process of its own that holds connections open, each sending a byte a second: half of them are at a request's head
 * for ever, half at its body. It takes turns between them, so that they are as even a load as they would be from as
 * many machines. Arguments: the server's address, how many, a whole request in base64. It says `open` when all are, and
 * goes on until it is killed.
 */
const [url, count, base64] = process.argv.slice(2);
const { hostname, port } = new URL(url!);
const request = Buffer.from(base64!, 'base64');
const head = request.subarray(0, request.indexOf('\r\n\r\n') + 4);
const sockets = Array.from({ length: Number(count) }, (_, place) => open(place));
let opened = 0;

/** The server has had enough of one now and then; there is always a next one in its place. */
function open(place: number) {
  const socket = connect(Number(port), hostname, () => {
    socket.write(place % 2 === 0 ? head.subarray(0, 20) : head);
    if (++opened === Number(count)) process.stdout.write('open\n');
  });
  socket.on('error', () => undefined).on('data', () => undefined);
  socket.on('close', () => {
    sockets[place] = open(place);
  });
  return socket;
}

/** Turns a second: each is for one in so many sockets. */
const TURNS = 200;
let turn = 0;
setInterval(() => {
  for (let place = turn++ % TURNS; place < sockets.length; place += TURNS) sockets[place]!.write('x');
}, 1000 / TURNS);
