import { startBackend } from './backend.ts';
import { trainRun } from './train-run.ts';

/** Trains what the first argument says, in a process of its own that a test can kill; speaks once training begins. */
const request = JSON.parse(process.argv[2]!);
const backend = await startBackend();
process.stdout.write('started\n');
await trainRun({ ...request, backend });
