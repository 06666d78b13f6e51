/** The overview in a real browser: its range, its zoom, what its figures lead to, and how they follow fail2ban. */
import { expect, test, type Page } from '@playwright/test';
import { startWithHistory, type MadeHistory } from './made-history.ts';
import { expectNoAxeFindings, expectNoSidewaysScrolling } from './page-checks.ts';
import { signInTo } from './sign-in.ts';

const chart = (page: Page) => page.getByRole('slider', { name: 'Bans over time' });
const figure = (page: Page, name: string) =>
  page.getByRole('main').locator('.figure').filter({ hasText: name }).locator('.figure-count');

test.describe('the overview', () => {
  test.describe.configure({ mode: 'serial', timeout: 120_000 });
  let made: MadeHistory;
  test.beforeAll(async () => {
    test.setTimeout(180_000);
    made = await startWithHistory(5000);
  });
  test.afterAll(() => made.remove());
  const pathOf = (page: Page): string => page.url().replace(made.bangui.url, '');

  test('lives in the URL, is put right on arrival, and is chosen by its segments', async ({ page }) => {
    await signInTo(page, made.bangui.url, '/?range=24h&origin=all&from=nonsense&other=1');
    await expect(page).toHaveURL(`${made.bangui.url}/`);
    await page.getByText('7 d', { exact: true }).click();
    await expect(page).toHaveURL(/\?range=7d$/);
    await page.getByText('Blocklist', { exact: true }).first().click();
    await expect(page).toHaveURL(/range=7d&origin=blocklist$|origin=blocklist&range=7d$/);
    await page.goBack();
    await expect(page).toHaveURL(/\?range=7d$/);
  });

  test('is zoomed by dragging over bars, and there is a way back', async ({ page }) => {
    await signInTo(page, made.bangui.url, '/?range=7d');
    await expect(figure(page, 'Bans in range')).not.toHaveText('–');
    const before = await figure(page, 'Bans in range').textContent();
    const box = await chart(page).boundingBox();
    if (box === null) throw new Error('the chart is not on the page');
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.7, box.y + box.height / 2, { steps: 5 });
    await page.mouse.up();
    await expect(page).toHaveURL(/from=.*&to=/);
    await expect(figure(page, 'Bans in range')).not.toHaveText(String(before));
    await page.getByRole('button', { name: 'Back to 7' }).click();
    await expect(page).toHaveURL(/\?range=7d$/);
    await expect(figure(page, 'Bans in range')).toHaveText(String(before));
  });

  test('is zoomed by the keys as well', async ({ page }) => {
    await signInTo(page, made.bangui.url, '/');
    await expect(figure(page, 'Bans in range')).not.toHaveText('–');
    await chart(page).focus();
    await page.keyboard.press('Home');
    const first = await chart(page).getAttribute('aria-valuetext');
    await page.keyboard.press('ArrowRight');
    await expect(chart(page)).toHaveAttribute('aria-valuenow', '1');
    expect(await chart(page).getAttribute('aria-valuetext')).not.toBe(first);
    for (let step = 0; step < 4; step++) await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/from=.*&to=/);
    const url = new URL(page.url());
    const length =
      Date.parse(url.searchParams.get('to') ?? '') - Date.parse(url.searchParams.get('from') ?? '');
    expect(length).toBe(5 * 30 * 60_000);
  });

  test('goes along to the rows behind a figure, a jail and a country', async ({ page }) => {
    await signInTo(page, made.bangui.url, '/?range=30d&origin=own');
    await page.getByRole('region', { name: 'Jails' }).getByRole('link', { name: 'sshd' }).click();
    await expect(page).toHaveURL(/\/history\?/);
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
      jail: 'sshd',
      origin: 'own',
      range: '30d',
    });
    await page.goBack();
    await page.getByRole('region', { name: 'Countries' }).getByRole('link', { name: 'Netherlands' }).click();
    await expect(page).toHaveURL(/\/map\?/);
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
      country: 'NL',
      origin: 'own',
      range: '30d',
    });
    await page.goBack();
    await figure(page, 'Bans in range').click();
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ origin: 'own', range: '30d' });
    expect(pathOf(page)).toContain('/history');
  });

  test('keeps what it showed, dimmed, while another one is read', async ({ page }) => {
    await signInTo(page, made.bangui.url, '/');
    await expect(figure(page, 'Bans in range')).not.toHaveText('–');
    const before = await figure(page, 'Bans in range').textContent();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/dashboard/figures**', async (route) => {
      await held;
      await route.continue();
    });
    await page.getByText('30 d', { exact: true }).click();
    await expect(page.locator('.overview-top.stale')).toBeVisible();
    await expect(figure(page, 'Bans in range')).toHaveText(String(before));
    release();
    await expect(page.locator('.overview-top.stale')).toHaveCount(0);
    await expect(figure(page, 'Bans in range')).not.toHaveText(String(before));
  });

  test('holds when the figures cannot be read: the page says so, and reads them again', async ({ page }) => {
    // Until Retry is pressed no reading succeeds, the page's own included: the button cannot vanish before its press.
    const pressed = Promise.withResolvers<void>();
    let away = true;
    await page.route('**/dashboard/figures**', async (route) => {
      if (away) return await route.abort();
      await pressed.promise;
      await route.continue();
    });
    await signInTo(page, made.bangui.url, '/');
    await expect(page.getByText('The figures were not read.')).toBeVisible();
    await expectNoAxeFindings(page);
    away = false;
    await page.getByRole('button', { name: 'Retry' }).click();
    pressed.resolve();
    await expect(page.getByText('The figures were not read.')).toHaveCount(0);
    await expect(figure(page, 'Bans in range')).not.toHaveText('–');
  });

  test('works at twice the size of text: 720 px wide, nothing is cut', async ({ page }) => {
    await page.setViewportSize({ width: 720, height: 450 });
    await signInTo(page, made.bangui.url, '/');
    await expect(figure(page, 'Bans in range')).not.toHaveText('–');
    await expectNoSidewaysScrolling(page);
    await expectNoAxeFindings(page);
  });

  test('counts a ban of fail2ban by itself, soon after it happened', async ({ page }) => {
    await signInTo(page, made.bangui.url, '/?range=1h');
    await expect(figure(page, 'Bans in range')).not.toHaveText('–');
    const before = Number((await figure(page, 'Bans in range').textContent())?.replaceAll(',', ''));
    await made.fail2ban.fail('sshd', '185.220.101.7', 3);
    await expect
      .poll(async () => Number((await figure(page, 'Bans in range').textContent())?.replaceAll(',', '')), {
        timeout: 30_000,
      })
      .toBeGreaterThan(before);
  });
});
