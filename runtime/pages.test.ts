import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildPages, pagesAreDue } from './pages.mjs';

let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'bangui-pages-'));
  for (const folder of ['src/web', 'src/base', 'src/features/bans/web']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  await symlink(join(import.meta.dirname, '../node_modules'), join(root, 'node_modules'));
  await writeFile(
    join(root, 'index.html'),
    '<!doctype html><script type="module" src="/src/web/main.ts"></script>',
  );
  await writeFile(join(root, 'src/web/main.ts'), 'document.title = "first";');
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function built(): Promise<string> {
  const [script = ''] = await readdir(join(root, 'dist/web/assets'));
  return readFile(join(root, 'dist/web/assets', script), 'utf8');
}

describe('the pages', () => {
  test('are built when missing, and then no more', async () => {
    expect(await pagesAreDue(root)).toBe(true);
    await buildPages({ root });
    expect(await built()).toContain('first');
    expect(await pagesAreDue(root)).toBe(false);
  });

  test('are built again when a source of theirs changed, with nothing of the old ones left', async () => {
    await buildPages({ root });
    await writeFile(join(root, 'src/web/main.ts'), 'document.title = "second";');
    expect(await pagesAreDue(root)).toBe(true);
    await buildPages({ root });
    expect(await readdir(join(root, 'dist/web/assets'))).toHaveLength(1);
    expect(await built()).toContain('second');
    expect((await readdir(join(root, 'dist'))).toSorted()).toEqual(['.setup-stamp', 'web']);
  });

  test.for([
    'src/features/bans/contract.ts',
    'src/features/bans/web/page.tsx',
    'src/base/new.ts',
    'vite.config.ts',
  ])('are due after a change of %s', async (file) => {
    await buildPages({ root });
    await writeFile(join(root, file), 'export default {};');
    expect(await pagesAreDue(root)).toBe(true);
  });

  test.for(['src/features/bans/routes.ts', 'src/web/main.test.ts', 'src/main.ts'])(
    'are not due after a change of %s',
    async (file) => {
      await buildPages({ root });
      await writeFile(join(root, file), 'export {};');
      expect(await pagesAreDue(root)).toBe(false);
    },
  );

  test('stay as they were when the build fails, and the failure is told', async () => {
    await buildPages({ root });
    await writeFile(join(root, 'src/web/main.ts'), 'import "./nowhere.ts";');
    await expect(buildPages({ root })).rejects.toThrow('nowhere');
    expect(await built()).toContain('first');
    expect(await pagesAreDue(root)).toBe(true);
  });
});
