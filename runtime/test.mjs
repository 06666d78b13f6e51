/**
 * `npm test`: every check, then every test; with `--deploy` the images too, which takes minutes more and is what
 * continuous integration does. Ends with `N passed, N failed`, summed from what the runners report; a check that fails,
 * and a runner that ends badly without naming a failed test, count as one failure each.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checks } from './check.mjs';
import { runSteps, untilSignalled } from './steps.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = join(root, 'test-results');
/** @param {string} report */
const jsonReport = (report) => [
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=test-results/${report}`,
];
const deploy = {
  name: 'images and files for operators',
  report: 'vitest-deploy.json',
  args: [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config',
    'vitest.deploy.config.ts',
    ...jsonReport('vitest-deploy.json'),
  ],
  show: true,
};
const runners = [
  {
    name: 'unit, property, fault and real-server tests',
    report: 'vitest.json',
    args: ['node_modules/vitest/vitest.mjs', 'run', ...jsonReport('vitest.json')],
    show: true,
  },
  {
    name: 'journeys in a browser',
    report: 'playwright.json',
    args: ['node_modules/@playwright/test/cli.js', 'test'],
    show: true,
  },
  ...(process.argv.includes('--deploy') ? [deploy] : []),
];

try {
  await rm(results, { recursive: true, force: true });
  await mkdir(results);
  const failed = await runSteps({ root, steps: [...checks, ...runners], signal: untilSignalled() });
  const sum = {
    passed: 0,
    failed: failed.filter((name) => checks.some((check) => check.name === name)).length,
  };
  for (const { name, report } of runners) {
    const counted = await countsOf(join(results, report));
    const endedBadly = failed.includes(name) && counted.failed === 0;
    sum.passed += counted.passed;
    sum.failed += counted.failed + (endedBadly ? 1 : 0);
  }
  const summary = `${sum.passed} passed, ${sum.failed} failed`;
  await writeFile(join(results, 'summary.txt'), `${summary}\n`);
  if (failed.length > 0) console.log(`failed: ${failed.join(', ')}`);
  console.log(summary);
  process.exitCode = failed.length > 0 || sum.failed > 0 ? 1 : 0;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 130;
}

/** What one runner reported; a missing report is no passes. @param {string} file */
async function countsOf(file) {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  /** @type {{ numPassedTests?: number, numFailedTests?: number, stats?: { expected: number, unexpected: number, flaky: number } }} */
  const report = JSON.parse(text);
  return {
    passed: (report.numPassedTests ?? 0) + (report.stats?.expected ?? 0),
    failed: (report.numFailedTests ?? 0) + (report.stats?.unexpected ?? 0) + (report.stats?.flaky ?? 0),
  };
}
