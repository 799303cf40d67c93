import type { Socket } from 'node:net';

/** What Node has beneath a socket. Not documented, but what Node's own HTTP server pauses its connections by. */
interface Handle {
  reading: boolean;
  readStart(): number;
  readStop(): number;
}

/**
 * Leaves with the kernel what comes from now on. A socket's own `pause` does not: its handle reads on until 16 KB wait in
 * the stream, which thousands of small requests never come to; all of them would be held in memory.
 */
export function stopReading(socket: Socket): void {
  const handle = handleOf(socket);
  if (handle === null || !handle.reading) return;
  handle.reading = false;
  handle.readStop();
}

/** Reads again what `stopReading` left. */
export function startReading(socket: Socket): void {
  if (socket.isPaused()) socket.resume();
  const handle = handleOf(socket);
  if (handle === null || handle.reading) return;
  handle.reading = true;
  handle.readStart();
}

/** @returns null once it is closed */
function handleOf(socket: Socket): Handle | null {
  return (socket as Socket & { readonly _handle: Handle | null })._handle;
}
