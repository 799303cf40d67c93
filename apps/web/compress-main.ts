import { resolve } from 'node:path';
import { compressBuild } from './compress.ts';

await compressBuild(resolve(import.meta.dirname, 'dist'), resolve(import.meta.dirname, '../../.artifacts/brotli'));
