// JavaScript, since a thread knows no TypeScript until tsx is registered in it: unlike in the main thread, Node 20 does
// not do that for `--import tsx`, given or inherited.
import { register } from 'tsx/esm/api';

register();
await import('./batch-worker.ts');
