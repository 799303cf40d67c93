import { expose } from 'comlink';
import { createReader } from './create-reader.ts';

// The worker's entry, which only wires. What it is to read with is in its name, which it has from the beginning: a
// message would come only when the page has time to send it.
expose(createReader(JSON.parse(self.name)));
