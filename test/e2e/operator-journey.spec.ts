/** The main job in a real browser, against a real fail2ban: set up, see who is banned, ban, unban, and what breaks. */
import { expect, test, type Page } from '@playwright/test';
import { startBangui, type RunningBangui } from '../bangui.ts';
import { startFail2ban, type RealFail2ban } from '../fail2ban/real-fail2ban.ts';
import { operator, password } from '../operator.ts';
import { expectNoAxeFindings, expectSound } from './page-checks.ts';

test.describe.configure({ mode: 'serial' });

let fail2ban: RealFail2ban;
let bangui: RunningBangui;

test.beforeAll(async () => {
  fail2ban = await startFail2ban();
  bangui = await startBangui({ socket: fail2ban.socket });
});
test.afterAll(async () => {
  await bangui.dispose();
  await fail2ban.remove();
});

const bans = (page: Page) => page.getByRole('main');

async function signIn(page: Page, path = '/'): Promise<void> {
  await page.goto(bangui.url + path);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
}

test('the first visit leads to set-up, which signs in and shows what fail2ban does now', async ({ page }) => {
  await page.goto(bangui.url);
  await expect(page.getByRole('heading', { name: 'Set up BanGUI' })).toBeVisible();
  await expectNoAxeFindings(page);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByLabel('Password again').fill(password);
  await page.getByRole('button', { name: /set up/i }).click();
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
  await expect(page.getByRole('status').getByText('fail2ban running').first()).toBeVisible();
});

test('a wrong password is refused, the right one leads to the page asked for', async ({ page }) => {
  await page.goto(`${bangui.url}/jails`);
  await page.getByLabel('Password', { exact: true }).fill('not the password at all');
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByText('Wrong password.')).toBeVisible();
  await expectNoAxeFindings(page);
  await expect(page.getByRole('button', { name: 'Log in', exact: true })).toBeEnabled();
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Jails' })).toBeVisible();
  await expect(bans(page).getByText('sshd').filter({ visible: true }).first()).toBeVisible();
});

test('an attack on sshd appears on the open overview without a reload', async ({ page }) => {
  await signIn(page);
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
  await fail2ban.fail('sshd', '45.148.10.14', 3);
  await expect(bans(page).getByText('45.148.10.14').first()).toBeVisible({ timeout: 15_000 });
});

test('addresses are banned from a pasted list and appear at once on another open page', async ({
  page,
  context,
}) => {
  await signIn(page, '/bans');
  const other = await context.newPage();
  await other.goto(`${bangui.url}/bans`);
  await expect(other.getByText('45.148.10.14')).toBeVisible();
  await page.keyboard.press('b');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: /addresses/i }).fill('185.93.3.114\n2600:1f18::7');
  await dialog.getByRole('combobox', { name: /jail/i }).selectOption('manual');
  await dialog.getByRole('button', { name: /^Ban 2/ }).click();
  await expect(bans(page).getByText('185.93.3.114').first()).toBeVisible();
  await expect(bans(other).getByText('185.93.3.114').first()).toBeVisible();
  await expect(bans(other).getByText('2600:1f18::7').first()).toBeVisible();
  expect(await fail2ban.client('get', 'manual', 'banip')).toContain('185.93.3.114');
  await other.close();
});

test('an unban is taken back within its ten seconds', async ({ page }) => {
  await signIn(page, '/bans');
  const row = page.getByRole('row').filter({ hasText: '185.93.3.114' });
  await row.click();
  await page.keyboard.press('u');
  await expect.poll(() => fail2ban.client('get', 'manual', 'banip')).not.toContain('185.93.3.114');
  await page.getByRole('button', { name: /undo/i }).first().click();
  await expect.poll(() => fail2ban.client('get', 'manual', 'banip')).toContain('185.93.3.114');
});

for (const path of ['/', '/bans', '/jails']) {
  test(`axe finds nothing on ${path}, and 360 px need no sideways scrolling`, async ({ page }) => {
    await signIn(page, path);
    await expectSound(page, () =>
      expect(bans(page).getByText('sshd').filter({ visible: true }).first()).toBeVisible(),
    );
  });
}

test('a hung fail2ban is named on the open page within 3 s, with what was last seen, and comes back by itself', async ({
  page,
}) => {
  await signIn(page, '/bans');
  await expect(bans(page).getByText('45.148.10.14').first()).toBeVisible();
  fail2ban.pause();
  try {
    await expect(page.getByText('fail2ban hangs').first()).toBeVisible({ timeout: 3000 });
    await expect(page.getByText(/Last seen state/).first()).toBeVisible();
    await expect(bans(page).getByText('45.148.10.14').first()).toBeVisible();
  } finally {
    fail2ban.resume();
  }
  await expect(page.getByText('fail2ban running').first()).toBeVisible({ timeout: 10_000 });
});

test('logging out here logs out the other tab', async ({ page, context }) => {
  await signIn(page);
  const other = await context.newPage();
  await other.goto(`${bangui.url}/bans`);
  await expect(other.getByRole('heading', { name: /banned now/i }).first()).toBeVisible();
  const cookies = await context.cookies(bangui.url);
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  await operator(bangui.url, cookie).send('POST', '/api/v1/auth/logout', {});
  for (const tab of [page, other]) {
    await expect(tab.getByRole('heading', { name: 'Log in to BanGUI' })).toBeVisible({ timeout: 15_000 });
  }
});
