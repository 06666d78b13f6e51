/** Jails in a real browser: stopped and started again, its page, and an address let through. */
import { expect, test } from '@playwright/test';
import { startBangui, type RunningBangui } from '../bangui.ts';
import { startFail2ban, type RealFail2ban } from '../fail2ban/real-fail2ban.ts';
import { signIn, type Operator } from '../operator.ts';
import { expectSound } from './page-checks.ts';
import { signInTo } from './sign-in.ts';

test.describe.configure({ mode: 'serial' });

let fail2ban: RealFail2ban;
let bangui: RunningBangui;
let person: Operator;
const ban = (ip: string, jail: string) =>
  person.send('POST', '/api/v1/bans', { ips: [ip], jail, force: true });

test.beforeAll(async () => {
  fail2ban = await startFail2ban({
    action: 'to-file',
    files: { 'jail.d/offline.local': '[offline]\nenabled = false\nfilter = never\nlogpath = /dev/null\n' },
  });
  bangui = await startBangui({
    socket: fail2ban.socket,
    env: { BANGUI_FAIL2BAN_CONFIG_DIR: fail2ban.configDir },
  });
  person = await signIn(bangui.url);
});
test.afterAll(async () => {
  await bangui.dispose();
  await fail2ban.remove();
});

test('a jail that holds bans is stopped after its name is typed, and taken back', async ({ page }) => {
  await ban('203.0.113.9', 'web');
  await signInTo(page, bangui.url, '/jails?row=web');
  const panel = page.getByRole('complementary', { name: 'Jail web' });
  await expect(panel.getByRole('link', { name: 'See its 1 bans' })).toBeVisible({ timeout: 15_000 });
  await panel.getByRole('button', { name: 'Stop' }).click();
  const submit = page.getByRole('dialog').getByRole('button', { name: 'Stop web' });
  await expect(submit).toBeDisabled();
  await page.getByLabel('Type web to go on').fill('web');
  await submit.click();
  await expect(page.getByRole('status').getByText('web stopped')).toBeVisible();
  await expect(page.getByRole('status').getByText('1 ban ended')).toBeVisible();
  await expect(panel.getByText('Stopped')).toBeVisible();
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('status').getByText('web runs')).toBeVisible();
  await expect(panel.getByText('Running')).toBeVisible();
});

test('those that are off are shown when wanted', async ({ page }) => {
  await signInTo(page, bangui.url, '/jails');
  const row = page.getByRole('row').filter({ hasText: 'offline' });
  await expect(page.getByRole('row').filter({ hasText: 'sshd' })).toBeVisible();
  await expect(row).toHaveCount(0);
  await page.getByLabel('Those that are off too').check();
  await expect(page).toHaveURL(/include=inactive/);
  await expectSound(page);
  await page.getByRole('searchbox').fill('offline');
  await expect(row).toContainText('Off');
});

test('an address that is banned is let through, and unbanned from there', async ({ page }) => {
  await ban('203.0.113.20', 'sshd');
  await signInTo(page, bangui.url, '/jails/sshd');
  const ignored = page.getByRole('region', { name: 'Ignored' });
  await expect(ignored.getByText('127.0.0.0/8')).toBeVisible();
  await ignored.getByLabel('Address or network').fill('203.0.113.0/24');
  await ignored.getByLabel('Reason').fill('partner');
  await ignored.getByRole('combobox').selectOption('1d');
  await ignored.getByRole('button', { name: 'Ignore', exact: true }).click();
  await expect(ignored.getByText(/still banned in sshd/)).toBeVisible();
  await expect(ignored.getByText(/admin · partner · until/)).toBeVisible();
  await ignored.getByRole('alert').getByRole('button', { name: 'Unban' }).click();
  await expect(page.getByText('1 ban ended')).toBeVisible();
  expect(await fail2ban.client('get', 'sshd', 'banip')).not.toContain('203.0.113.20');
  await ignored.getByRole('button', { name: 'Take 203.0.113.0/24 off' }).click();
  await expect(ignored.getByRole('listitem').filter({ hasText: '203.0.113.0/24' })).toHaveCount(0);
});

test('the page of a jail is sound', async ({ page }) => {
  await signInTo(page, bangui.url, '/jails/sshd');
  await expect(page.getByRole('heading', { level: 1, name: 'sshd' })).toBeVisible();
  await expect(page.getByText('As it is configured')).toBeVisible();
  await expectSound(page);
});
