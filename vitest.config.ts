import { defineConfig } from 'vitest/config';

// Whole browsers and whole hubs that are killed and started again: beside each other they starve two cores.
const alone = ['test/e2e/**/*.test.ts', 'test/reliability/**/*.test.ts'];
// Nothing is timed by a test; a limit only ends what hangs.
const limits = {
  testTimeout: 180_000,
  hookTimeout: 240_000,
  pool: 'forks' as const,
  expect: { poll: { timeout: 90_000 } },
};

export default defineConfig({
  test: {
    globalSetup: ['test/helpers/globalSetup.ts'],
    projects: [
      {
        test: {
          ...limits,
          name: 'hub',
          include: ['test/**/*.test.ts'],
          exclude: alone,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: { ...limits, name: 'alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
