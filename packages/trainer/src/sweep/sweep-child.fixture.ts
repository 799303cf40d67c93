import { startBackend } from '../backend.ts';
import { plan } from './sweep.fixture.ts';
import { runSweep } from './sweep.ts';

/** Runs a sweep in a process of its own that a test can kill; speaks once training begins. */
const request = JSON.parse(process.argv[2]!);
const backend = await startBackend();
process.stdout.write('started\n');
await runSweep({ ...request, plan, backend });
