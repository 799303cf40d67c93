import { expose } from 'comlink';
import { createReader } from './create-reader.ts';

// The worker's entry, which only wires.
expose(createReader());
