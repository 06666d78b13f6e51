/** The history in a real browser: from nothing over three bans to a hundred thousand, and what attackers wrote. */
import { expect, test, type Page } from '@playwright/test';
import { startBangui, type RunningBangui } from '../bangui.ts';
import { startFail2ban, type RealFail2ban } from '../fail2ban/real-fail2ban.ts';
import { madeEvents } from '../history-data.ts';
import { signIn } from '../operator.ts';
import { expectSound } from './page-checks.ts';
import { signInTo } from './sign-in.ts';
import { startWithHistory } from './stored-history.ts';

test.describe.configure({ mode: 'serial' });

const day = 86_400_000;
const rowsOf = (page: Page) =>
  page
    .getByRole('grid')
    .getByRole('row')
    .filter({ hasText: /Ban|Unban/ });
const panel = (page: Page, ip: string) => page.getByRole('complementary', { name: `Address ${ip}` });

test.describe('from the first ban on', () => {
  let fail2ban: RealFail2ban;
  let bangui: RunningBangui;
  test.beforeAll(async () => {
    fail2ban = await startFail2ban();
    bangui = await startBangui({ socket: fail2ban.socket });
    await signIn(bangui.url);
  });
  test.afterAll(async () => {
    await bangui.dispose();
    await fail2ban.remove();
  });

  test('an empty history says that there is nothing yet', async ({ page }) => {
    await signInTo(page, bangui.url, '/history');
    await expect(page.getByText('No events yet')).toBeVisible();
    await expectSound(page);
    await page.goto(`${bangui.url}/history?jail=sshd&country=DE`);
    await expect(page.getByText(/No events (?:match|yet)/)).toBeVisible();
  });

  test('an attack appears on the open page, and its row says why it was banned', async ({ page }) => {
    await signInTo(page, bangui.url, '/history');
    await expect(page.getByText('No events yet')).toBeVisible();
    await fail2ban.fail('sshd', '45.148.10.14', 3);
    const row = rowsOf(page).filter({ hasText: '45.148.10.14' });
    await expect(row).toBeVisible({ timeout: 15_000 });
    await row.getByText('45.148.10.14').click();
    const beside = panel(page, '45.148.10.14');
    await expect(beside.getByText(/matched/)).toBeVisible();
    await expect(beside.getByText('3/3')).toBeVisible();
    await expect(beside.locator('mark').first()).toHaveText('45.148.10.14');
    await expect(beside.getByText('Filter line')).toBeVisible();
    await expect(beside.getByText('What would have prevented it')).toBeVisible();
    await expect(page).toHaveURL(/address=45\.148\.10\.14/);
    await expectSound(page);
    await page.keyboard.press('Escape');
    await expect(beside).toHaveCount(0);
    await expect(row).toBeFocused();
    // on a phone the panel covers the list, which takes the focus back once it is there again
    await page.setViewportSize({ width: 360, height: 780 });
    await row.click();
    await expect(beside).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(beside).toHaveCount(0);
    await expect(row).toBeFocused();
  });

  test('three rows are walked by keys, and one is unbanned from its row', async ({ page }) => {
    await fail2ban.fail('sshd', '185.93.3.114', 3);
    await fail2ban.fail('web', '198.51.100.77', 3);
    await signInTo(page, bangui.url, '/history');
    await expect(rowsOf(page)).toHaveCount(3, { timeout: 15_000 });
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    const title = page.getByRole('complementary').getByRole('heading', { level: 2 });
    await expect(title).toBeVisible();
    const second = await title.textContent();
    await page.getByRole('button', { name: 'Next' }).click();
    await expect(title).not.toHaveText(second ?? '');
    await page.getByRole('button', { name: 'Previous' }).click();
    await expect(title).toHaveText(second ?? '');
    await page.keyboard.press('u');
    await expect(page.getByRole('status').getByText(/unbanned/)).toBeVisible();
    await expect(rowsOf(page).filter({ hasText: 'Unban' })).toHaveCount(1, { timeout: 15_000 });
    const bans = page.getByRole('complementary').getByRole('region', { name: 'Every ban' });
    await expect(bans.getByRole('button')).toHaveText(/ended|unbanned by/);
  });

  test('while fail2ban hangs the history works, and says why acts are off', async ({ page }) => {
    await signInTo(page, bangui.url, '/history');
    fail2ban.pause();
    try {
      await expect(page.getByText('fail2ban hangs').first()).toBeVisible({ timeout: 10_000 });
      await page.getByRole('searchbox').fill('45.148.10.14');
      await expect(page).toHaveURL(/ip=45\.148\.10\.14/);
      await expect(rowsOf(page)).toHaveCount(1);
      await rowsOf(page).first().getByText('45.148.10.14').click();
      const beside = panel(page, '45.148.10.14');
      await expect(beside.getByText('Every ban')).toBeVisible();
      await expect(beside.getByText(/^Off while fail2ban hangs/).first()).toBeVisible();
    } finally {
      fail2ban.resume();
    }
  });
});

const hostile = '192.0.2.66';
const hostileLines = [
  `\u001b[31mFailed\u001b[0m password for <img src=x onerror="document.title='owned'"> from ${hostile}`,
  `\u202euser gnp.exe\u202c from ${hostile}`,
  `${'A'.repeat(1_000_000)} from ${hostile}`,
];

test.describe('with a hundred thousand events', () => {
  let fail2ban: RealFail2ban;
  let bangui: RunningBangui;
  test.beforeAll(async () => {
    test.setTimeout(180_000);
    fail2ban = await startFail2ban();
    const now = Date.now();
    bangui = await startWithHistory(fail2ban.socket, [
      ...madeEvents({ count: 99_999, from: now - 60 * day, to: now - day, addresses: 4000 }),
      {
        action: 'ban',
        jail: 'sshd',
        ip: hostile,
        at: now - 60_000,
        fail2banAt: null,
        seconds: 600,
        count: 1,
        failures: 3,
        origin: 'own',
        actor: null,
        reason: null,
        lines: hostileLines,
      },
    ]);
  });
  test.afterAll(async () => {
    await bangui.dispose();
    await fail2ban.remove();
  });

  test('filters are a sentence in the URL: a value leads to only this and not this', async ({ page }) => {
    await signInTo(page, bangui.url, '/history');
    await expect(rowsOf(page).first()).toBeVisible();
    await page.getByRole('row').nth(2).locator('.cell-country button').click();
    await page.getByRole('menuitem', { name: /^Not / }).click();
    await expect(page).toHaveURL(/country=%21|country=!/);
    const chip = page.getByRole('button', { name: /Turn round: Country is not/ });
    await expect(chip).toBeVisible();
    await chip.click();
    await expect(page.getByRole('button', { name: /Turn round: Country is / })).toBeVisible();
    await page.getByRole('button', { name: /Remove filter: Country/ }).click();
    await expect(page).not.toHaveURL(/country/);
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Jail' }).click();
    await page.getByRole('menuitem', { name: 'postfix-sasl' }).click();
    await expect(page).toHaveURL(/jail=postfix-sasl/);
    await page.getByRole('radio', { name: '7 d' }).check({ force: true });
    await expect(page).toHaveURL(/range=7d/);
    await page.reload();
    await expect(page.getByText('postfix-sasl').first()).toBeVisible();
    await page.getByRole('button', { name: 'Clear', exact: true }).click();
    await expect(page).toHaveURL(/\/history$/);
  });

  test('the one field finds networks and words, and marks the words in the log line', async ({ page }) => {
    await signInTo(page, bangui.url, '/history');
    await page.keyboard.press('/');
    // as slowly as a person: what is typed so far reaches the URL meanwhile
    await page.keyboard.type('192.0.2.', { delay: 300 });
    await expect(page).toHaveURL(/ip=192\.0\.2\.0\/24/);
    await expect(rowsOf(page)).toHaveCount(1);
    await page.getByRole('searchbox').fill('oracle');
    await expect(page).toHaveURL(/text=oracle/);
    await expect(page.getByRole('columnheader', { name: 'Log line' })).toBeVisible();
    await expect(rowsOf(page).first().locator('mark').first()).toHaveText('oracle');
    await page.getByRole('searchbox').fill('nobody-wrote-this');
    await expect(page.getByText('No events match')).toBeVisible();
    await expectSound(page);
  });

  test('pages are read as one scrolls, and only the rows in sight are in the document', async ({ page }) => {
    await signInTo(page, bangui.url, '/history');
    await expect(rowsOf(page).first()).toBeVisible();
    const grid = page.getByRole('grid');
    for (let step = 0; step < 6; step++) {
      await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight));
      await page.waitForTimeout(150);
    }
    const index = await rowsOf(page).last().getAttribute('aria-rowindex');
    expect(Number(index)).toBeGreaterThan(300);
    expect(await rowsOf(page).count()).toBeLessThan(100);
  });

  test('new bans gather while one reads further down, and a key shows them', async ({ page }) => {
    await signInTo(page, bangui.url, '/history');
    await expect(rowsOf(page).first()).toBeVisible();
    await page.keyboard.press('j');
    await page.keyboard.press('End');
    await fail2ban.fail('sshd', '45.148.10.200', 3);
    await expect(page.getByRole('button', { name: /1 new/ })).toBeVisible({ timeout: 15_000 });
    await page.keyboard.press('n');
    await expect(rowsOf(page).first()).toContainText('45.148.10.200');
  });

  test('the same rows are exported', async ({ page }) => {
    await signInTo(page, bangui.url, '/history?ip=192.0.2.0/24');
    await expect(rowsOf(page)).toHaveCount(1);
    await page.getByRole('button', { name: 'Export' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: /CSV/ }).click();
    const file = await (await download).createReadStream();
    let text = '';
    for await (const piece of file) text += String(piece);
    expect(text).toContain(hostile);
    expect(text.split('\n').filter((line) => line.includes(`,sshd,`)).length).toBe(1);
  });

  test('what an attacker wrote is shown harmlessly, cut, and whole on request', async ({ page }) => {
    await signInTo(page, bangui.url, `/address/${hostile}`);
    const lines = page.locator('.why-lines');
    await expect(lines.getByText('ESC').first()).toBeVisible();
    await expect(lines.getByText('U+202E')).toBeVisible();
    await expect(lines.getByText('<img src=x', { exact: false })).toBeVisible();
    await expect(lines.getByText(/characters/)).toBeVisible();
    expect(await page.title()).not.toBe('owned');
    expect(await lines.locator('img').count()).toBe(0);
    await expectSound(page);
    await lines.getByRole('button', { name: /Show/ }).click();
    // what is kept of a line has an end of its own
    await expect.poll(async () => (await lines.textContent())?.length ?? 0).toBeGreaterThan(10_000);
    await expect(lines.getByRole('button', { name: /Show/ })).toHaveCount(0);
  });

  test('repeat offenders come first, and a range is banned as one entry', async ({ page }) => {
    await signInTo(page, bangui.url, '/offenders');
    const grid = page.getByRole('grid', { name: 'Repeat offenders' });
    await expect(grid.getByRole('row').nth(1)).toBeVisible();
    await expectSound(page);
    await page.getByRole('link', { name: 'Ranges' }).click();
    const ban = page.getByRole('button', { name: /^Ban .*\/\d+…$/ }).first();
    await expect(ban).toBeVisible();
    await expectSound(page);
    const range = (await ban.textContent())?.replace(/^Ban (.*)…$/, '$1') ?? '';
    await ban.click();
    await expect(page.getByRole('textbox', { name: /addresses/i })).toHaveValue(range);
  });

  test('history and address are sound', async ({ page }) => {
    await signInTo(page, bangui.url, '/history');
    await expect(rowsOf(page).first()).toBeVisible();
    await expectSound(page);
    await page.goto(`${bangui.url}/address/${hostile}`);
    await expect(page.getByText('Every ban')).toBeVisible();
    await expectSound(page);
  });
});
