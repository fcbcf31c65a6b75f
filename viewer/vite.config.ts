import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { leaveOut } from './leaveOut.ts';
import { precompress } from './precompress.ts';
import { preloadApplication } from './preloadApplication.ts';

const hub = process.env.HUB_URL ?? 'http://127.0.0.1:8080';
const installed = (file: string) => fileURLToPath(new URL(`../node_modules/${file}`, import.meta.url));
const stub = (name: string) => fileURLToPath(new URL(`stubs/${name}`, import.meta.url));
const proxied = ['/api', '/dicom-web', '/fhir', '/healthz', '/readyz'];

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [leaveOut(), react(), preloadApplication(), precompress()],
  // Cornerstone imports Node's `events`; without the npm package the build is clean and dies at load.
  resolve: {
    alias: [
      { find: /^events$/, replacement: 'events/' },
      { find: /^dcmjs$/, replacement: stub('dcmjs.ts') },
      { find: /^xmlbuilder2$/, replacement: stub('xmlbuilder2.ts') },
      // Cornerstone's own worker, whose address its package does not give away.
      {
        find: /^decode-worker(?=\?)/,
        replacement: installed('@cornerstonejs/dicom-image-loader/dist/esm/decodeImageFrameWorker.js'),
      },
    ],
  },
  worker: { format: 'es' },
  build: {
    target: 'chrome109',
    cssTarget: 'chrome109',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4000,
    rolldownOptions: {
      output: {
        chunkFileNames: ({ name }) => `assets/${name.startsWith('shared~') ? 'shared' : '[name]'}-[hash].js`,
        // Few files instead of a hundred: on a line of 40 ms each one costs more than the bytes it saves.
        codeSplitting: {
          groups: [
            // What the entry needs: before the application, and small.
            {
              name: 'start',
              test: /preload-helper|[\\/](shell|imaging)[\\/]prepareCase\.ts$|[\\/]src[\\/]queries\.ts$|zh-CN[\\/]shell\.json$/,
              priority: 6,
            },
            // Each with all that it imports and that no group above holds.
            { name: 'application', test: /[\\/]src[\\/]application\.tsx$/, priority: 5 },
            { name: 'case', test: /[\\/]pages[\\/]CasePage\.tsx$/, priority: 4 },
            // Addresses (`?url`) stay with those who ask for them.
            {
              name: 'cornerstone',
              test: /node_modules[\\/](@cornerstonejs|@kitware)[\\/][^?]*$/,
              priority: 3,
            },
            {
              name: 'shared',
              // What needs Cornerstone stays apart, so that no other page waits for it.
              test: /^(?!.*[\\/](panes|imaging|@cornerstonejs|@kitware)[\\/])/,
              priority: 1,
              minShareCount: 2,
              // Not merged any further: a page would load what stands beside the little that it needs.
              entriesAware: true,
            },
          ],
        },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(proxied.map((path) => [path, { target: hub, changeOrigin: false }])),
  },
});
