/** The command menu, by keys alone. */
import { expect, test } from '@playwright/test';
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
  bangui = await startBangui({ socket: fail2ban.socket });
  const api = await signIn(bangui.url);
  await api.send('POST', '/api/v1/bans', { ips: ['45.148.10.14'], jail: 'manual', duration: 3600 });
});
test.afterAll(async () => {
  await bangui.dispose();
  await fail2ban.remove();
});

test('an address that is typed is opened, and unbanned everywhere', async ({ page }) => {
  await signInTo(page, bangui.url, '/jails');
  await page.keyboard.press('Control+k');
  const field = page.getByRole('combobox', { name: /Address, jail/ });
  await expect(field).toBeFocused();
  await field.fill('45.148.10.14');
  await expect(page.getByRole('group', { name: 'Address, banned now in manual' })).toBeVisible();
  await page.keyboard.press('Enter');
  const beside = page.getByRole('complementary', { name: 'Address 45.148.10.14' });
  await expect(beside.getByRole('heading', { name: '45.148.10.14' })).toBeVisible();
  await expect(page).toHaveURL(/\/jails\?address=45\.148\.10\.14/);
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/\/jails$/);
  await page.keyboard.press('Control+k');
  // looked at a moment ago
  await expect(page.getByRole('group', { name: 'Recent' }).getByRole('option')).toHaveText(/45\.148\.10\.14/);
  await page.keyboard.type('45.148.10.14');
  await expect(page.getByRole('option', { name: /Unban everywhere/ })).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('option', { name: /Unban everywhere/ })).toHaveAttribute(
    'aria-selected',
    'true',
  );
  await page.keyboard.press('Enter');
  await expect.poll(() => fail2ban.client('get', 'manual', 'banip')).not.toContain('45.148.10.14');
});

test('pages, jails and acts are found by some of their letters', async ({ page }) => {
  const field = page.getByRole('combobox', { name: /Address, jail/ });
  await signInTo(page, bangui.url, '/');
  await page.keyboard.press('Control+k');
  await expect(field).toBeFocused();
  await page.keyboard.type('rep off');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Repeat offenders' })).toBeVisible();
  await page.keyboard.press('Control+k');
  await expect(field).toBeFocused();
  await page.keyboard.type('sshd');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary', { name: 'Jail sshd' })).toBeVisible();
  await page.getByRole('button', { name: /Address, jail, command/ }).click();
  await expect(field).toBeFocused();
  await page.keyboard.type('ban addr');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Ban addresses' })).toBeVisible();
});

test('it is sound, and the sheet of keys names it', async ({ page }) => {
  await signInTo(page, bangui.url, '/');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog').getByText('Commands')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('option').first()).toBeVisible();
  await expectSound(page);
});
