/** The map in a real browser: with the table of the same rows, by pointer and by keys. */
import { readFile } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import { startWithHistory, type MadeHistory } from './made-history.ts';
import { expectNoAxeFindings } from './page-checks.ts';
import { signInTo } from './sign-in.ts';

const map = (page: Page) => page.getByRole('listbox', { name: 'Map of bans by country' });
const table = (page: Page) => page.getByRole('region', { name: 'Countries' }).getByRole('table');
const rowOf = (page: Page, name: string) =>
  table(page)
    .getByRole('row')
    .filter({ has: page.getByRole('button', { name, exact: true }) });

test.describe('the map', () => {
  test.describe.configure({ mode: 'serial', timeout: 120_000 });
  let made: MadeHistory;
  test.beforeAll(async () => {
    test.setTimeout(180_000);
    made = await startWithHistory(20_000);
  });
  test.afterAll(() => made.remove());

  test('has a country for each row of the table, and its sentence tells the same', async ({ page }) => {
    await signInTo(page, made.bangui.url, '/map?range=30d');
    await expect(table(page)).toBeVisible();
    const answer = await page.request.get(
      `${made.bangui.url}/api/v1/dashboard/bans/by-country?range=30d&limit=500`,
    );
    const { items, total } = await answer.json();
    await expect(table(page).locator('tbody tr')).toHaveCount(items.length);
    const countries = items.filter(({ key }: { key: string }) => /^[A-Z]{2}$/.test(key)).length;
    await expect(map(page).getByRole('option')).toHaveCount(countries);
    const sentence = `${Number(total).toLocaleString('en-GB')} bans from ${countries} countries.`;
    await expect(page.getByText(sentence)).toBeVisible();
    await expect(rowOf(page, 'Unknown')).toBeVisible();
    await expect(rowOf(page, 'Private network')).toBeVisible();
  });

  test('is walked by the keys in the order of counts; Enter chooses, Escape lets go', async ({ page }) => {
    await signInTo(page, made.bangui.url, '/');
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await expect(page).toHaveURL(/\/map$/);
    await expect(table(page).locator('tbody tr button').nth(1)).toBeVisible();
    const names = await table(page).locator('tbody tr button').allTextContents();
    const second = names.filter((name) => name !== 'Unknown' && name !== 'Private network')[1] ?? '';
    await map(page).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    const active = await map(page).getAttribute('aria-activedescendant');
    await expect(page.locator(`[id="${active}"]`)).toHaveAttribute('aria-label', new RegExp(`^${second}: `));
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/country=[A-Z]{2}/);
    await expect(page.getByRole('main').getByRole('region', { name: second })).toBeVisible();
    await expect(rowOf(page, second).getByRole('button')).toHaveAttribute('aria-pressed', 'true');
    await page.keyboard.press('Escape');
    await expect(page).toHaveURL(/\/map$/);
  });

  test('a country is chosen in the table or on the map, and leads to its rows in the history', async ({
    page,
  }) => {
    await signInTo(page, made.bangui.url, '/map?range=7d');
    await rowOf(page, 'Singapore').getByRole('button').click();
    await expect(page).toHaveURL(/country=SG/);
    const panel = page.getByRole('main').getByRole('region', { name: 'SG Singapore' });
    await expect(panel.getByText(/bans? in range/)).toBeVisible();
    await panel.getByRole('button', { name: /Remove filter/ }).click();
    await expect(page).not.toHaveURL(/country=/);
    await map(page).locator('[data-code="BR"]').first().click();
    await expect(page).toHaveURL(/country=BR/);
    await page.getByRole('link', { name: 'Open in history' }).click();
    await expect(page).toHaveURL(/\/history\?/);
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ country: 'BR', range: '7d' });
  });

  test('thresholds are checked while they are typed, recolour the map, and are remembered', async ({
    page,
  }) => {
    await signInTo(page, made.bangui.url, '/map');
    await expect(table(page)).toBeVisible();
    await page.getByRole('button', { name: 'Thresholds' }).click();
    const third = page.getByLabel('Step 3 from');
    await third.fill('5');
    await expect(page.getByText('Step 3 must be more than 10.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Use', exact: true })).toBeDisabled();
    await expectNoAxeFindings(page);
    await third.fill('60');
    await page.getByRole('button', { name: 'Use', exact: true }).click();
    const legend = page.getByRole('list', { name: 'Bans in range' });
    await expect(legend.getByText('10–59')).toBeVisible();
    await page.reload();
    await expect(legend.getByText('60–99')).toBeVisible();
  });

  test('zooms in and shows the whole again', async ({ page }) => {
    await signInTo(page, made.bangui.url, '/map');
    await expect(table(page)).toBeVisible();
    const land = map(page).locator('path[data-code="BR"]').first();
    const before = await land.boundingBox();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await expect
      .poll(async () => (await land.boundingBox())?.width ?? 0)
      .toBeGreaterThan((before?.width ?? 0) * 1.3);
    await page.getByRole('button', { name: 'Whole map' }).click();
    await expect
      .poll(async () => Math.round((await land.boundingBox())?.width ?? 0))
      .toBe(Math.round(before?.width ?? 0));
  });

  test('the table is sorted by its heads and saved as a file', async ({ page }) => {
    await signInTo(page, made.bangui.url, '/map');
    await table(page).getByRole('button', { name: 'Country' }).click();
    await expect(page).toHaveURL(/sort=name/);
    const names = await table(page).locator('tbody tr button').allTextContents();
    expect(names).toEqual(names.toSorted((a, b) => a.localeCompare(b)));
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save the table as CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^bans-by-country-\d{4}-\d\d-\d\d\.csv$/);
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
    expect(lines).toHaveLength(names.length + 1);
  });
});
