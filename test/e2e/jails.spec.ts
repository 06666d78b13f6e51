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
  await ignored.getByLabel('Address, network or host name').fill('203.0.113.0/24');
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

test('whom all jails let through is put in once, listed, taken off and taken back', async ({ page }) => {
  await ban('203.0.113.40', 'web');
  await signInTo(page, bangui.url, '/jails');
  await page.getByRole('button', { name: 'Ignored addresses' }).click();
  await expect(page).toHaveURL(/ignored=open/);
  const panel = page.getByRole('complementary', { name: 'Ignored addresses' });
  await panel.getByLabel('Address, network or host name').fill('203.0.113.40/32');
  await panel.getByLabel('Reason').fill('office');
  await panel.getByLabel('For').selectOption('7d');
  await panel.getByRole('button', { name: 'Ignore in all jails' }).click();
  const row = panel.getByRole('listitem').filter({ hasText: '203.0.113.40' });
  await expect(row).toContainText('in all 4 jails · admin · office · until');
  for (const jail of fail2ban.jails)
    expect(await fail2ban.client('get', jail, 'ignoreip')).toContain('203.0.113.40');
  await panel.getByRole('alert').getByRole('button', { name: 'Unban' }).click();
  await expect(panel.getByRole('alert')).toHaveCount(0);
  expect(await fail2ban.client('get', 'web', 'banip')).not.toContain('203.0.113.40');
  await expectSound(page, async () => await expect(row).toBeVisible());

  await panel.getByRole('button', { name: 'Take 203.0.113.40 off' }).click();
  const gone = page.getByRole('status').filter({ hasText: 'no longer ignored in all 4 jails' });
  await expect(gone).toBeVisible();
  await expect(row).toHaveCount(0);
  expect(await fail2ban.client('get', 'incr', 'ignoreip')).not.toContain('203.0.113.40');
  await gone.getByRole('button', { name: 'Undo' }).click();
  await expect(row).toContainText('in all 4 jails · admin · office · until');
  expect(await fail2ban.client('get', 'incr', 'ignoreip')).toContain('203.0.113.40');
  await panel.getByLabel('Address, network or host name').fill('10.1');
  await panel.getByRole('button', { name: 'Ignore in all jails' }).click();
  await expect(panel.getByRole('alert')).toContainText('Nothing was changed');
  await page.keyboard.press('Escape');
  await expect(panel).toHaveCount(0);
});

test('an address is let through from its own page, in all jails or in one', async ({ page }) => {
  await signInTo(page, bangui.url, '/address/198.51.100.80');
  const ask = page.getByRole('button', { name: 'Ignore', exact: true });
  const dialog = page.getByRole('dialog', { name: 'Ignore an address' });
  await ask.click();
  await expect(dialog.getByLabel('Address, network or host name')).toHaveValue('198.51.100.80');
  await dialog.getByLabel('In').selectOption('web');
  await dialog.getByRole('button', { name: 'Ignore', exact: true }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole('status').getByText('198.51.100.80 is ignored in web')).toBeVisible();
  expect(await fail2ban.client('get', 'sshd', 'ignoreip')).not.toContain('198.51.100.80');
  await ask.click();
  await expectSound(page, async () => await expect(dialog).toBeVisible());
  await dialog.getByRole('button', { name: 'Ignore', exact: true }).click();
  const done = page.getByRole('status').filter({ hasText: '198.51.100.80 is ignored in all 4 jails' });
  await expect(done).toBeVisible();
  expect(await fail2ban.client('get', 'sshd', 'ignoreip')).toContain('198.51.100.80');
  // the way back leaves what stood before
  await done.getByRole('button', { name: 'Undo' }).click();
  await expect
    .poll(async () => await fail2ban.client('get', 'sshd', 'ignoreip'))
    .not.toContain('198.51.100.80');
  expect(await fail2ban.client('get', 'web', 'ignoreip')).toContain('198.51.100.80');
});

test('failures found stand beside the bans over time, by keyboard and as a table too', async ({ page }) => {
  await fail2ban.fail('sshd', '198.51.100.90', 2);
  await expect
    .poll(async () => await fail2ban.client('status', 'sshd'), { timeout: 20_000 })
    .toMatch(/Total failed:\s+[1-9]/);
  await signInTo(page, bangui.url, '/jails/sshd');
  const found = page.getByRole('region', { name: 'Failures found' });
  await expect(found.getByText(/Not known before .*: fail2ban’s log goes back no further\./)).toBeVisible();
  await expect(found.getByText('2 failures', { exact: true })).toBeVisible();
  await page.getByRole('radiogroup', { name: 'Range' }).getByText('1 h', { exact: true }).click();
  await expect(page).toHaveURL(/range=1h/);
  await expect(found.getByText('2 failures', { exact: true })).toBeVisible();
  const chart = found.getByRole('slider', { name: 'Failures found over time' });
  await chart.focus();
  await page.keyboard.press('Home');
  await expect(chart).toHaveAttribute('aria-valuetext', /not known$/);
  await page.keyboard.press('End');
  await expect(chart).toHaveAttribute('aria-valuetext', /\d failures?$/);
  const rows = found.getByRole('table', { name: 'Failures found over time' }).getByRole('row');
  expect(await rows.count()).toBeGreaterThan(20);
  await expect(rows.nth(1)).toContainText('not known');
  await signInTo(page, bangui.url, '/jails/manual?range=1h');
  await expect(found.getByText('none in this range')).toBeVisible();
});

test('the page of a jail is sound', async ({ page }) => {
  await signInTo(page, bangui.url, '/jails/sshd');
  await expect(page.getByRole('heading', { level: 1, name: 'sshd' })).toBeVisible();
  await expect(page.getByText('As it is configured')).toBeVisible();
  await expectSound(page);
});
