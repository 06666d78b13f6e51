/** `npm run check`: format, lint, types, layers, dead code. Exit 1 when one of them fails, after all have run. */
import { fileURLToPath } from 'node:url';
import { runSteps, untilSignalled } from './steps.mjs';

const bin = (/** @type {string} */ path) => `node_modules/${path}`;

/** Layers see only what TypeScript 6 can read for dependency-cruiser; types are checked by 7, called by its path. */
export const checks = [
  { name: 'format', args: [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'] },
  { name: 'lint', args: [bin('oxlint/bin/oxlint')] },
  { name: 'types of the server', args: [bin('tsc7/bin/tsc'), '-p', 'tsconfig.json'] },
  { name: 'types of the pages', args: [bin('tsc7/bin/tsc'), '-p', 'tsconfig.web.json'] },
  {
    name: 'layers',
    args: [
      bin('dependency-cruiser/bin/dependency-cruiser.mjs'),
      '--config',
      '.dependency-cruiser.cjs',
      'src',
    ],
  },
  { name: 'dead code', args: [bin('knip/bin/knip.js'), '--treat-config-hints-as-errors'] },
];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  try {
    const failed = await runSteps({ root, steps: checks, signal: untilSignalled() });
    if (failed.length > 0) {
      console.log(`check: ${failed.join(', ')} failed`);
      process.exitCode = 1;
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 130;
  }
}
