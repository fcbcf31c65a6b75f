import { defineConfig } from 'vitest/config';

// Whole browsers and whole hubs that are killed and started again: beside each other they starve two cores.
const alone = ['test/e2e/**/*.test.ts', 'test/reliability/**/*.test.ts'];
const viewer = ['test/viewer/**/*.test.ts'];
// Nothing is timed by a test; a limit only ends what hangs.
const limits = {
  testTimeout: 180_000,
  hookTimeout: 240_000,
  pool: 'forks' as const,
  expect: { poll: { timeout: 90_000 } },
};
// The server's modules run as `npm start` runs them: by Node itself, without a bundler between.
const byNode = { viteModuleRunner: false };
const byVite = { viteModuleRunner: true };

export default defineConfig({
  test: {
    globalSetup: ['test/helpers/globalSetup.ts'],
    experimental: byNode,
    projects: [
      {
        test: {
          ...limits,
          experimental: byNode,
          name: 'hub',
          include: ['test/**/*.test.ts'],
          exclude: [...alone, ...viewer],
          maxWorkers: 2,
          // Every file has a database of its own; loading the whole hub for each of them took half of the time.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      // These give a page's globals to their process, and read modules that only the bundler understands.
      {
        test: {
          ...limits,
          experimental: byVite,
          name: 'viewer',
          include: viewer,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...limits,
          experimental: byNode,
          name: 'alone',
          include: alone,
          maxWorkers: 1,
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
