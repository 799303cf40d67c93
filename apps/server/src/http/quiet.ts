import type { Connection, Connections } from './connections.ts';

/** How long a connection may be quiet, in ms: nothing is sent or received on it. */
export interface QuietLimits {
  /** With nothing under way. */
  readonly idleMs: number;
  /** With a request whose answer the client does not take, or that is not answered. */
  readonly busyMs: number;
}

interface Seen {
  readonly bytes: number;
  readonly since: number;
}

/**
 * Cuts connections that are quiet for longer than they may be, at times a quarter of the shorter limit later. Node's own
 * timeouts do it to the moment, at the price of a timer for each connection that is set anew with every request: of
 * thousands, in turn, that is a good part of what a request takes beside the model.
 * @returns stops it
 */
export function cutQuiet(connections: Connections, { idleMs, busyMs }: QuietLimits): () => void {
  const seen = new WeakMap<Connection, Seen>();
  const look = () => {
    const now = performance.now();
    for (const connection of connections.values()) {
      const { socket, speaks, underWay } = connection;
      if (!speaks) continue;
      const bytes = socket.bytesRead + socket.bytesWritten;
      const last = seen.get(connection);
      if (last?.bytes !== bytes) seen.set(connection, { bytes, since: now });
      else if (now - last.since > (underWay > 0 ? busyMs : idleMs)) socket.destroy();
    }
  };
  const looking = setInterval(look, Math.min(idleMs, busyMs) / 4);
  looking.unref();
  return () => clearInterval(looking);
}
