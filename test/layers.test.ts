/** The floor plan's rules bite: a tree that breaks each of them is reported, rule by rule. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

const projectRoot = join(import.meta.dirname, '..');

const report = z.object({
  summary: z.object({
    totalCruised: z.number(),
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

/** Each wrong import: rule, file that imports, what it imports. */
const broken: readonly (readonly [rule: string, from: string, to: string])[] = [
  ['base-sees-only-base', 'src/base/address.ts', 'src/host/host.ts'],
  ['host-sees-only-base', 'src/host/local-host.ts', 'src/platform/events.ts'],
  ['platform-sees-only-base', 'src/platform/audit.ts', 'src/host/host.ts'],
  ['feature-sees-host-platform-base-and-itself', 'src/features/bans/ban.ts', 'src/features/jails/list.ts'],
  ['contract-sees-only-base', 'src/features/jails/contract.ts', 'src/host/host.ts'],
  ['ui-sees-only-base', 'src/ui/table.tsx', 'src/features/jails/contract.ts'],
  [
    'feature-pages-see-ui-base-and-their-contract',
    'src/features/bans/web/page.tsx',
    'src/features/bans/ban.ts',
  ],
  [
    'feature-pages-see-ui-base-and-their-contract',
    'src/features/map/web/page.tsx',
    'src/features/jails/contract.ts',
  ],
  [
    'feature-pages-see-ui-base-and-their-contract',
    'src/features/map/web/other.tsx',
    'src/features/bans/web/page.tsx',
  ],
  ['web-sees-feature-pages-ui-and-base', 'src/web/router.tsx', 'src/platform/events.ts'],
  ['settings-see-only-base', 'src/config.ts', 'src/platform/events.ts'],
  ['server-never-sees-pages', 'src/app.ts', 'src/ui/table.tsx'],
  ['pages-take-contracts-as-types', 'src/features/bans/web/page.tsx', 'src/features/bans/contract.ts'],
  ['app-is-seen-by-main-and-cli-only', 'src/host/other.ts', 'src/app.ts'],
  ['nobody-sees-main', 'src/cli.ts', 'src/main.ts'],
  ['browser-never-sees-node', 'src/base/clock.ts', 'node:fs'],
  ['browser-never-sees-node', 'src/web/shell.tsx', 'node:path'],
  ['source-never-sees-its-surroundings', 'src/platform/db.ts', 'test/database.ts'],
  ['source-never-sees-its-surroundings', 'src/platform/jobs.ts', 'src/platform/audit.test.ts'],
  ['server-needs-no-development-package', 'src/platform/http.ts', 'vite'],
  ['traces-are-loaded-on-demand', 'src/platform/monitoring.ts', 'src/platform/tracing.ts'],
  ['everything-resolves', 'src/platform/geo.ts', 'src/platform/nowhere.ts'],
];
const right: readonly (readonly [from: string, to: string])[] = [
  ['src/main.ts', 'src/app.ts'],
  ['src/app.ts', 'src/config.ts'],
  ['src/config.ts', 'src/setting.ts'],
  ['src/app.ts', 'src/features/bans/routes.ts'],
  ['src/features/bans/routes.ts', 'src/host/host.ts'],
  ['src/features/bans/routes.ts', 'src/platform/events.ts'],
  ['src/features/bans/routes.ts', 'src/features/bans/contract.ts'],
  ['src/features/bans/contract.ts', 'src/base/address.ts'],
  ['src/features/bans/web/page.tsx', 'src/ui/table.tsx'],
  ['src/ui/table.tsx', 'src/base/address.ts'],
  ['src/web/router.tsx', 'src/features/bans/web/page.tsx'],
  ['src/features/bans/ban.test.ts', 'test/database.ts'],
  ['src/features/bans/ban.test.ts', 'src/features/jails/list.ts'],
];

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bangui-layers-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the layers of src/', () => {
  test('hold, and dependency-cruiser really reads TypeScript', async () => {
    const { summary } = await cruise(projectRoot);
    expect(summary.violations).toEqual([]);
    // Without a TypeScript it understands it sees no .ts file at all, and then finds nothing wrong.
    expect(summary.totalCruised).toBeGreaterThan(20);
  });

  test('allow every import that the plan allows', async () => {
    const root = await tree('right', right);
    expect((await cruise(root)).summary.violations).toEqual([]);
  });

  test('report every import that the plan forbids, under the rule that forbids it', async () => {
    const root = await tree(
      'broken',
      broken.map(([, from, to]) => [from, to] as const),
    );
    const { violations } = (await cruise(root)).summary;
    for (const [rule, from, to] of broken) {
      const expected = to.startsWith('src/platform/nowhere') ? './nowhere.ts' : to.replace(/^node:/, '');
      const found = violations.some(
        (violation) =>
          violation.rule.name === rule &&
          violation.from === from &&
          (violation.to === expected || violation.to.startsWith(`node_modules/${expected}/`)),
      );
      expect(found, `${rule}: ${from} -> ${to}`).toBe(true);
    }
  });

  test('report a cycle', async () => {
    const root = await tree('cycle', [
      ['src/base/one.ts', 'src/base/two.ts'],
      ['src/base/two.ts', 'src/base/one.ts'],
    ]);
    const { violations } = (await cruise(root)).summary;
    expect(violations.map((violation) => violation.rule.name)).toContain('no-cycles');
  });

  test('count an import of a type only', async () => {
    const root = await tree('types', []);
    await write(root, 'src/host/host.ts', 'export interface Host { id: string }\n');
    await write(
      root,
      'src/platform/audit.ts',
      "import type { Host } from '../host/host.ts';\nexport type X = Host;\n",
    );
    const { violations } = (await cruise(root)).summary;
    expect(violations.map((violation) => violation.rule.name)).toEqual(['platform-sees-only-base']);
  });
});

/** A project with our rules in which each `from` imports its `to`; every file named exists unless it is `nowhere`. */
async function tree(
  name: string,
  imports: readonly (readonly [from: string, to: string])[],
): Promise<string> {
  const root = join(folder, name);
  await mkdir(join(root, 'src'), { recursive: true });
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) {
    await cp(join(projectRoot, file), join(root, file));
  }
  await write(
    root,
    'node_modules/vite/package.json',
    '{"name": "vite", "version": "8.3.8", "main": "index.js"}',
  );
  await write(root, 'node_modules/vite/index.js', '');
  const lines = new Map<string, string[]>();
  for (const [from, to] of imports) {
    lines.set(from, [...(lines.get(from) ?? []), `import '${specifier(from, to)}';`]);
    if (/^(src|test)\//.test(to) && !to.includes('nowhere')) lines.set(to, lines.get(to) ?? []);
  }
  for (const [file, text] of lines) await write(root, file, `${text.join('\n')}\nexport {};\n`);
  return root;
}

function specifier(from: string, to: string): string {
  if (!/^(src|test)\//.test(to)) return to;
  const up = dirname(from)
    .split('/')
    .map(() => '..')
    .join('/');
  return from.startsWith('src/platform/') && to.includes('nowhere') ? './nowhere.ts' : `${up}/${to}`;
}

async function write(root: string, file: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), text);
}

async function cruise(root: string): Promise<z.infer<typeof report>> {
  const program = join(projectRoot, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const args = [program, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src'];
  const output = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, args, { cwd: root, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      // A report with violations ends with their number as exit code.
      if (stdout === '')
        reject(new Error(`dependency-cruiser printed no report: ${stderr}`, { cause: error }));
      else resolve(stdout);
    });
  });
  return report.parse(JSON.parse(output));
}
