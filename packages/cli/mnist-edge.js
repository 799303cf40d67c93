#!/usr/bin/env node
// The sources are TypeScript and run as they are; tsx is among what `npm ci` installs.
import { register } from 'tsx/esm/api';

register();
await import('./src/main.ts');
