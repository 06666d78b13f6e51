/** The journeys of an operator in Debian's Chromium. Each test file starts and stops its own servers. */
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results/playwright',
  // A journey takes some ten seconds; much longer where many tests share two cores.
  timeout: 180_000,
  expect: { timeout: 20_000 },
  // They wait for each other’s servers less than for their own.
  workers: 2,
  retries: 0,
  forbidOnly: true,
  reporter: [['list'], ['json', { outputFile: 'test-results/playwright.json' }]],
  use: {
    browserName: 'chromium',
    screenshot: 'only-on-failure',
    trace: 'off',
    launchOptions: {
      executablePath: '/usr/bin/chromium',
      args: [
        // Chromium's own sandbox does not work for root, and continuous integration runs as root.
        '--no-sandbox',
        '--disable-dev-shm-usage',
        // A browser under test speaks to our server and to nobody else.
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-default-apps',
        '--disable-domain-reliability',
        '--disable-sync',
        '--no-first-run',
        '--no-pings',
      ],
    },
  },
});
