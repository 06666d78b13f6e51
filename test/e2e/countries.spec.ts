/** Where bans come from, in a real browser: in the list, beside the overview, and as a filter. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { startBangui, type RunningBangui } from '../bangui.ts';
import { startFail2ban, type RealFail2ban } from '../fail2ban/real-fail2ban.ts';
import { password, signIn } from '../operator.ts';

let fail2ban: RealFail2ban;
let bangui: RunningBangui;

test.beforeAll(async () => {
  fail2ban = await startFail2ban();
  bangui = await startBangui({ socket: fail2ban.socket });
  await signIn(bangui.url);
  await fail2ban.client('set', 'manual', 'banip', '8.8.8.8', '193.0.6.139', '10.0.0.9', '203.0.113.7');
});
test.afterAll(async () => {
  await bangui.dispose();
  await fail2ban.remove();
});

test('countries are told in code and word, filter the list, and say whose data they are', async ({
  page,
}) => {
  await page.goto(bangui.url);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  const newest = page.getByRole('region', { name: 'Newest bans' });
  const row = newest.getByRole('listitem').filter({ hasText: '8.8.8.8' });
  await expect(row.getByTitle('United States')).toHaveText('US');

  // as it happens, without reading the list again
  await fail2ban.client('set', 'manual', 'banip', '61.177.172.58');
  const fresh = newest.getByRole('listitem').filter({ hasText: '61.177.172.58' });
  await expect(fresh.getByTitle('China')).toHaveText('CN');
  await expect(newest.getByRole('link', { name: 'IP Geolocation by DB-IP' })).toHaveAttribute(
    'href',
    'https://db-ip.com',
  );

  await page.goto(`${bangui.url}/bans`);
  const rows = page.getByRole('row');
  await expect(rows.filter({ hasText: '10.0.0.9' })).toContainText('Private');
  await expect(rows.filter({ hasText: '203.0.113.7' })).toContainText('Reserved');
  await expect(rows.filter({ hasText: '8.8.8.8' })).toContainText('Google LLC');
  await page.getByRole('button', { name: 'Country' }).click();
  await page.getByRole('menuitem', { name: /Netherlands/ }).click();
  await expect(page).toHaveURL(/country=NL/);
  await expect(rows.filter({ hasText: '193.0.6.139' })).toBeVisible();
  await expect(rows.filter({ hasText: '8.8.8.8' })).toHaveCount(0);

  await rows.getByRole('button', { name: 'NL' }).click();
  await page.getByRole('menuitem', { name: 'Not Netherlands' }).click();
  await expect(page).toHaveURL(/country=!NL|country=%21NL/);
  await expect(page.getByText('is not')).toBeVisible();
  await expect(rows.filter({ hasText: '8.8.8.8' })).toBeVisible();
  await expect(rows.filter({ hasText: '193.0.6.139' })).toHaveCount(0);
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa']).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
});
