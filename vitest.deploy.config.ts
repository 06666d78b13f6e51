/** The images, really built and run, and the files for operators. Minutes, not seconds: `npm run test:deploy`. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/deploy/**/*.test.ts'],
    testTimeout: 60_000,
    // The first run on a machine makes the base images and downloads what goes into ours.
    hookTimeout: 900_000,
    teardownTimeout: 60_000,
    fileParallelism: false,
    pool: 'forks',
    allowOnly: false,
  },
});
