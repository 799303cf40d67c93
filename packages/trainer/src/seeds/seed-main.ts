import { Problem } from '@mnist-edge/recognizer';
import { startBackend } from '../backend.ts';
import type { Said, SeedJob } from './seed-process.ts';
import { seedRun } from './seed-run.ts';

/** Trains one seed for a parent, which says when to stop; so does the parent's end. */
const job = JSON.parse(process.argv[2]!) as SeedJob;
const stop = new AbortController();
process.once('message', () => stop.abort());
process.once('disconnect', () => stop.abort());
// Ctrl-C reaches every process of a terminal; this one is told by its parent.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => stop.abort());

function say(said: Said): void {
  if (process.connected) process.send!(said);
}

try {
  const run = await seedRun({
    ...job,
    backend: await startBackend(),
    signal: stop.signal,
    onEpoch: ({ epoch, validation }) => say({ kind: 'epoch', epoch: { epoch, validation } }),
  });
  say({ kind: 'ended', run });
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  say({ kind: 'problem', message: error.message });
}
// Nothing else keeps the process.
if (process.connected) process.disconnect();
