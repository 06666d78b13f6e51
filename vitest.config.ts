/** Unit, property, fault and real-server tests. The journeys in a browser are Playwright's (`playwright.config.ts`). */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    include: ['src/**/*.test.{ts,tsx}', 'test/**/*.test.ts', 'runtime/**/*.test.ts'],
    exclude: ['test/e2e/**', 'test/deploy/**', '**/node_modules/**'],
    // A real fail2ban takes a second to start, longer on a busy machine with two cores.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    maxWorkers: 2,
    pool: 'forks',
    allowOnly: false,
  },
});
