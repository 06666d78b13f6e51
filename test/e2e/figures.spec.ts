/** Overview and map with nothing, three and a hundred thousand bans: light and dark, on a phone and on a desk. */
import { expect, test, type Page } from '@playwright/test';
import { startWithHistory, type MadeHistory } from './made-history.ts';
import { expectSound } from './page-checks.ts';
import { signInTo } from './sign-in.ts';

const bansOf = (page: Page) =>
  page.getByRole('main').locator('.figure').filter({ hasText: 'Bans in range' }).locator('.figure-count');

for (const rows of [0, 3, 100_000]) {
  test.describe(`with ${rows} bans`, () => {
    test.describe.configure({ mode: 'serial', timeout: 120_000 });
    let made: MadeHistory;
    test.beforeAll(async () => {
      test.setTimeout(180_000);
      made = await startWithHistory(rows);
    });
    test.afterAll(() => made.remove());

    const pages = {
      overview: {
        path: '/',
        isThere: async (page: Page) => {
          await expect(bansOf(page)).not.toHaveText('–');
          await expect(page.getByRole('region', { name: 'Jails' })).toBeVisible();
        },
      },
      map: {
        path: rows > 3 ? '/map?country=NL' : '/map',
        isThere: async (page: Page) => {
          await expect(page.getByRole('listbox', { name: 'Map of bans by country' })).toBeVisible();
          if (rows === 0) await expect(page.getByText('No bans in this range')).toBeVisible();
          else await expect(page.getByRole('region', { name: 'Countries' }).getByRole('table')).toBeVisible();
          if (rows > 3) await expect(page.getByRole('region', { name: 'NL Netherlands' })).toBeVisible();
        },
      },
    };
    for (const [name, { path, isThere }] of Object.entries(pages)) {
      test(`the ${name} has no findings of axe, and fits 1440 and 360 px`, async ({ page }) => {
        await signInTo(page, made.bangui.url, path);
        await expectSound(page, isThere);
      });
    }

    test('the overview shows the figures of the interface, and a table row for each bar', async ({
      page,
    }) => {
      await signInTo(page, made.bangui.url, '/?range=30d');
      const answer = await page.request.get(`${made.bangui.url}/api/v1/dashboard/figures?range=30d`);
      const bans = Number((await answer.json()).bans.value);
      if (rows <= 3) expect(bans).toBe(rows);
      await expect(bansOf(page)).toHaveText(bans.toLocaleString('en-GB'));
      const chart = page.getByRole('slider', { name: 'Bans over time' });
      await expect(chart).not.toHaveAttribute('aria-valuemax', '0');
      const bars = Number(await chart.getAttribute('aria-valuemax')) + 1;
      const table = page.getByRole('table', { name: 'Bans over time' });
      await expect(table.locator('tbody tr')).toHaveCount(bars);
      const counts = await table.locator('tbody tr td:nth-child(2)').allTextContents();
      expect(counts.reduce((sum, text) => sum + Number(text.replaceAll(',', '')), 0)).toBe(bans);
    });
  });
}
