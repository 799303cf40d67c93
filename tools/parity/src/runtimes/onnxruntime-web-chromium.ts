import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findChromium } from '@mnist-edge/tools';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';
import type { Runtime } from '../runtime.ts';

const page = resolve(import.meta.dirname, '../../page');

/** The web app's own runtime, built by Vite, in a real Chromium. */
export const onnxruntimeWebChromium: Runtime = {
  name: 'onnxruntime-web (WASM) in Chromium',
  async open({ folder }) {
    const outDir = await mkdtemp(join(tmpdir(), 'mnist-edge-parity-'));
    await build({
      root: page,
      configFile: false,
      logLevel: 'warn',
      build: { outDir, emptyOutDir: true, chunkSizeWarningLimit: 200 },
    });
    await cp(folder, join(outDir, 'model'), { recursive: true });
    const server = await preview({
      root: page,
      configFile: false,
      build: { outDir },
      preview: { host: '127.0.0.1', port: 0 },
    });
    const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox', '--disable-gpu'] });
    const tab = await browser.newPage();
    await tab.goto(server.resolvedUrls!.local[0]!);
    await tab.evaluate(async () => void (await globalThis.recognizer));
    return {
      run: async (images) => {
        await writeFile(join(outDir, 'images.bin'), images);
        const { logits, seconds } = await tab.evaluate(() => globalThis.answer('./images.bin'));
        return { logits: Float32Array.from(logits), seconds };
      },
      close: async () => {
        await browser.close();
        await server.close();
        await rm(outDir, { recursive: true, force: true });
      },
    };
  },
};
