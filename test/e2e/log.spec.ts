/** fail2ban's log in a real browser: live entries, filters, what attackers wrote, settings, a restart, an unreadable log. */
import { appendFile } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import { startBangui, type RunningBangui } from '../bangui.ts';
import { startFail2ban, type RealFail2ban } from '../fail2ban/real-fail2ban.ts';
import { signIn } from '../operator.ts';
import { expectSound } from './page-checks.ts';
import { signInTo } from './sign-in.ts';

test.describe.configure({ mode: 'serial' });

let fail2ban: RealFail2ban;
let bangui: RunningBangui;
test.beforeAll(async () => {
  fail2ban = await startFail2ban();
  const files = `-c ${fail2ban.configDir} -s ${fail2ban.socket} -p ${fail2ban.pidFile}`;
  bangui = await startBangui({
    socket: fail2ban.socket,
    env: {
      BANGUI_FAIL2BAN_CONFIG_DIR: fail2ban.configDir,
      BANGUI_FAIL2BAN_START_COMMAND: `fail2ban-client ${files} start`,
    },
  });
  await signIn(bangui.url);
});
test.afterAll(async () => {
  await bangui.dispose();
  await fail2ban.client('stop').catch(() => '');
  await fail2ban.remove();
});

const rows = (page: Page) => page.getByRole('grid', { name: 'Log' }).getByRole('row');

test('entries stand with severity, and health beside them', async ({ page }) => {
  await signInTo(page, bangui.url, '/log');
  await expect(rows(page).filter({ hasText: "Jail 'sshd' started" })).toBeVisible();
  const side = page.getByRole('complementary', { name: 'fail2ban' });
  await expect(side.getByText('Answers')).toBeVisible();
  await expect(side.getByLabel('Log level')).toHaveValue('INFO');
  await expectSound(page);
  await page.goto(`${bangui.url}/log?show=server`);
  await expect(page.getByText('Answers')).toBeVisible();
  await expectSound(page);
});

test('a ban appears by itself, its jail filters and its address opens the panel', async ({ page }) => {
  await signInTo(page, bangui.url, '/log');
  await expect(rows(page).nth(1)).toBeVisible();
  await fail2ban.fail('sshd', '45.148.10.14', 3);
  const row = rows(page).filter({ hasText: '[sshd] Ban 45.148.10.14' });
  await expect(row).toBeVisible({ timeout: 15_000 });
  await row.getByRole('button', { name: 'sshd' }).click();
  await expect(page).toHaveURL(/jail=sshd/);
  await expect(rows(page).filter({ hasText: "Jail 'web' started" })).toHaveCount(0);
  await page.getByRole('searchbox').fill('ban 45.148');
  await expect(page).toHaveURL(/filter=ban\+45\.148/);
  await expect(row.locator('mark').first()).toHaveText('Ban 45.148');
  await row.getByRole('link', { name: '45.148.10.14' }).click();
  await expect(page.getByRole('complementary', { name: 'Address 45.148.10.14' })).toBeVisible();
});

test('what attackers wrote harms nothing, and a traceback is read in full', async ({ page }) => {
  await signInTo(page, bangui.url, '/log');
  await expect(rows(page).nth(1)).toBeVisible();
  const stamp = '2030-01-01 10:00:00,000 fail2ban.filter         [1]: ERROR  ';
  await appendFile(
    fail2ban.logFile,
    `${stamp} [sshd] <img src=x onerror="document.title='owned'"> \u202eevil\u001b[31m\nTraceback (most recent call last):\n  File "odd.py"\n`,
  );
  const row = rows(page).filter({ hasText: '<img src=x' });
  await expect(row).toContainText('+ 2 lines', { timeout: 10_000 });
  await expect(row).toContainText('Error');
  await row.getByText('<img src=x').click();
  const entry = page.getByRole('complementary', { name: 'Entry' });
  await expect(entry.getByText('File "odd.py"')).toBeVisible();
  await expectSound(page);
  expect(await page.title()).not.toContain('owned');
  await page.keyboard.press('Escape');
  await expect(entry).toHaveCount(0);
});

test('further down new entries gather', async ({ page }) => {
  const line = (n: number): string =>
    `2030-01-01 10:00:01,${String(n).padStart(3, '0')} fail2ban.actions        [1]: NOTICE  [web] Ban 192.0.2.${n % 250}\n`;
  await appendFile(fail2ban.logFile, Array.from({ length: 500 }, (_, n) => line(n)).join(''));
  await signInTo(page, bangui.url, '/log');
  await expect(rows(page).nth(5)).toBeVisible();
  // expressions in text: this file is checked without the browser's types
  const scroll = (top: string) =>
    page.evaluate(`document.querySelector('.table-log').scrollTo({ top: ${top} })`);
  await scroll('2000');
  await appendFile(fail2ban.logFile, line(777) + line(778));
  await expect(page.getByRole('button', { name: /2 new/ })).toBeVisible({ timeout: 10_000 });
  await page.getByRole('button', { name: /2 new/ }).click();
  await expect(rows(page).nth(1)).toContainText('192.0.2.28');
  // the end of the log is reached by scrolling
  await expect(async () => {
    await scroll('1e9');
    await expect(page.getByText('no older ones')).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 15_000 });
});

test('a setting is changed, one that cannot be is refused in its words', async ({ page }) => {
  await signInTo(page, bangui.url, '/log');
  await page.getByLabel('Log target').fill('/etc/passwd');
  await page.getByRole('button', { name: 'Save 1 change' }).click();
  await expect(page.getByText(/nowhere else/).first()).toBeVisible();
  await page.getByLabel('Log target').fill(fail2ban.logFile);
  await page.getByLabel('Log level').selectOption('WARNING');
  await page.getByRole('button', { name: 'Save 1 change' }).click();
  await expect(page.getByText(/tells of no bans and unbans/)).toBeVisible();
  await page.getByLabel('Log level').selectOption('INFO');
  await page.getByRole('button', { name: 'Save 1 change' }).click();
  await expect(page.getByText(/tells of no bans and unbans/)).toHaveCount(0);
});

test('a restart is asked for in words, and tells its steps', async ({ page }) => {
  await signInTo(page, bangui.url, '/log');
  await page.getByRole('button', { name: 'Restart…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Restart…' })).toBeDisabled();
  await dialog.getByRole('textbox').fill('restart fail2ban');
  await dialog.getByRole('button', { name: 'Restart…' }).click();
  await expect(page.getByText(/Restarted .* by admin/)).toBeVisible({ timeout: 40_000 });
  await expect(page.getByRole('group', { name: 'Steps of the restart' }).getByRole('listitem')).toHaveCount(
    5,
  );
  await expect(page.getByText('4 jails back.')).toBeVisible();
  await expectSound(page);
});

test('a log that cannot be read says so, and the health stays', async ({ page }) => {
  await fail2ban.client('set', 'logtarget', 'SYSOUT');
  await signInTo(page, bangui.url, '/log');
  await expect(async () => {
    await page.reload();
    await expect(page.getByText('The log cannot be read')).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 50_000 });
  await expect(page.getByRole('complementary', { name: 'fail2ban' }).getByText('Answers')).toBeVisible();
  await expectSound(page);
});
