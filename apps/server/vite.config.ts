import { defineConfig } from 'vite';

// One file with this workspace's packages inside; what comes from npm stays outside, native libraries among it.
export default defineConfig({
  build: {
    ssr: 'src/main.ts',
    outDir: 'dist',
    target: 'node20',
    sourcemap: true,
  },
  ssr: { noExternal: [/^@mnist-edge\//] },
});
