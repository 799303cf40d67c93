import { defineConfig } from 'vite';

// All JavaScript in one piece, npm's too, so that a process reads one file at its start and not six hundred: whoever
// takes a dead one's place is there in half the time. Native libraries stay outside.
export default defineConfig({
  build: {
    ssr: 'src/main.ts',
    outDir: 'dist',
    target: 'node20',
    sourcemap: true,
    // Node reads the map at its start: without the sources it is a third.
    rollupOptions: { output: { sourcemapExcludeSources: true } },
  },
  ssr: { noExternal: true, external: ['onnxruntime-node', 'onnxruntime-node/dist/binding.js', 'sharp'] },
});
