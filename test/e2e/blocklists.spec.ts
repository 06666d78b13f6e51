/** Blocklists in a real browser: a list simulated before it is on, enforced by a real fail2ban, held, and its runs. */
import { expect, test, type Page } from '@playwright/test';
import { until } from '../bangui.ts';
import { lines, slowText, text } from '../blocklists/list-server.ts';
import { listsBangui, type ListsBangui } from '../blocklists/lists-bangui.ts';
import { password } from '../operator.ts';
import { expectSound } from './page-checks.ts';
import { signInTo } from './sign-in.ts';

test.describe.configure({ mode: 'serial' });

let scene: ListsBangui;
test.beforeAll(async () => {
  scene = await listsBangui();
});
test.afterAll(() => scene.close());

const open = (page: Page, path = ''): Promise<void> => signInTo(page, scene.bangui.url, `/blocklists${path}`);
const row = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });
const menu = async (page: Page, name: string, act: string): Promise<void> => {
  await page.getByRole('button', { name: `Acts on ${name}` }).click();
  await page.getByRole('menuitem', { name: act }).click();
};
/** What an attacker might put into a list. */
const hostile = `<img src=x onerror="document.title='taken'">\u202e\u001b[31m${'z'.repeat(4_900)}`;

test('a list is added and simulated before anything of it is in force', async ({ page }) => {
  scene.server.serve(text(`${lines(300)}10.0.0.1\n${hostile}\n`));
  await open(page);
  await expect(page.getByText('No blocklists yet')).toBeVisible();
  await expectSound(page);
  await page.keyboard.press('a');
  const dialog = page.getByRole('dialog', { name: 'Add source' });
  await dialog.getByLabel('Name').fill('Kites');
  await dialog.getByLabel('Address of the list').fill(scene.server.url);
  await dialog.getByText('Cron', { exact: true }).click();
  await dialog.getByLabel('Five fields of cron').fill('0 25 * * *');
  await expect(dialog.getByText(/No time comes of this/)).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Add and simulate' })).toBeDisabled();
  await dialog.getByLabel('Five fields of cron').fill('0 */6 * * *');
  await expect(dialog.getByText(/^Next: /)).toBeVisible();
  await dialog.getByRole('button', { name: 'Add and simulate' }).click();

  await expect(page.getByText('of 300 entries are in no other list')).toBeVisible({ timeout: 20_000 });
  await expect(page).toHaveURL(/source=\d+&run=\d+/);
  await expect(row(page, 'Kites')).toContainText('every 6 h');
  const leftOut = page.getByRole('region', { name: 'Left out' });
  await leftOut.getByRole('button', { name: 'Show: Not an address' }).click();
  // what cannot be seen has a mark of its own, and nothing of it acts
  await expect(leftOut.getByText('U+FFFD').first()).toBeVisible();
  await expect(page).toHaveTitle('Blocklists · BanGUI');
  await expect(page.getByText('Nothing enforces blocklists yet.')).toBeVisible();
  await expectSound(page);
  expect(await scene.inKernel()).toBe(-1);
});

test('enforcement is installed with the password, and the list is switched on and off again', async ({
  page,
}) => {
  await open(page);
  await page.getByRole('button', { name: 'Install' }).click();
  const dialog = page.getByRole('dialog', { name: 'Install enforcement' });
  await dialog.getByLabel('Password', { exact: true }).fill('a guess');
  await dialog.getByRole('button', { name: 'Install' }).click();
  await expect(dialog.getByText('Nothing was changed.')).toBeVisible();
  await expectSound(page);
  await dialog.getByLabel('Password', { exact: true }).fill(password);
  await dialog.getByRole('button', { name: 'Install' }).click();
  await expect(page.getByRole('status').getByText('Blocklists can be enforced')).toBeVisible();
  await expect(page.getByText(/^Kernel sets on INPUT/)).toBeVisible();

  await row(page, 'Kites').getByRole('link', { name: 'Kites' }).click();
  await page.getByRole('button', { name: 'Switch on, block 300 new' }).click();
  await expect(page.getByRole('status').getByText('Kites switched on')).toBeVisible();
  await until('the kernel holds it', async () => (await scene.inKernel()) === 300);
  await expect(page.getByText('1 source, 300 addresses in force')).toBeVisible();
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await until('the set is empty', async () => (await scene.inKernel()) === 0);
  await expect(page.getByRole('switch', { name: 'Kites in force' })).not.toBeChecked();
  await page.getByRole('switch', { name: 'Kites in force' }).click();
  await until('it is back', async () => (await scene.inKernel()) === 300);
});

test('a run is watched, cancelled, found among the runs, and its link leads back', async ({ page }) => {
  const slow = slowText(lines(150), lines(150, 150));
  scene.server.serve(slow.answer);
  await open(page);
  await menu(page, 'Kites', 'Run now');
  await slow.began;
  const run = page.getByRole('region', { name: /^Run \d+$/ });
  await expect(run.getByRole('listitem').filter({ hasText: 'Download' })).toContainText('under way');
  await run.getByRole('button', { name: 'Cancel' }).click();
  await expect(run.getByText('cancelled').first()).toBeVisible();
  slow.letGo();
  const number = /\d+/.exec((await run.getByRole('heading', { level: 2 }).textContent()) ?? '')?.[0] ?? '';
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByLabel('Filter by outcome').selectOption('cancelled');
  await expect(page).toHaveURL(/state=aborted/);
  await expect(page.getByRole('table', { name: 'Runs' }).getByRole('row')).toHaveCount(2);
  await expectSound(page);
  await page.getByRole('link', { name: `Run ${number}` }).click();
  await expect(page.getByRole('region', { name: `Run ${number}` })).toBeVisible();
  expect(await scene.inKernel()).toBe(300);
});

test('a version that lost more than half waits, and is kept out or taken', async ({ page }) => {
  scene.server.serve(text(lines(100)));
  await open(page);
  await menu(page, 'Kites', 'Run now');
  const take = page.getByRole('button', { name: 'Take it' });
  await expect(take).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText('new version 100')).toBeVisible();
  await expectSound(page);
  await page.getByRole('button', { name: 'Keep the old one' }).click();
  await expect(page.getByRole('status').getByText('Kites stays as it was')).toBeVisible();
  await expect(take).toHaveCount(0);
  expect(await scene.inKernel()).toBe(300);
  await menu(page, 'Kites', 'Run now');
  await take.click({ timeout: 20_000 });
  await until('the kernel holds the new one', async () => (await scene.inKernel()) === 100);
  await expect(row(page, 'Kites')).toContainText('+0 −200');
});

test('an entry of the allow-list leaves the kernel, and comes back by undo of its removal', async ({
  page,
}) => {
  await open(page, '?tab=allowed');
  await page.getByLabel('Address, network or host name').fill('20.0.0.1');
  await page.getByLabel('Reason').fill('office');
  await page.getByRole('button', { name: 'Let through' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: '20.0.0.1' })).toContainText('office · admin');
  await until('it left the kernel', async () => (await scene.inKernel()) === 99);
  await expectSound(page);
  await page.getByRole('button', { name: 'Take 20.0.0.1 off' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: '20.0.0.1' })).toHaveCount(0);
  const toast = page.locator('.toast').filter({ hasText: '20.0.0.1 is no longer let through' });
  await toast.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: '20.0.0.1' })).toContainText('office · admin');
});

test('a CSV file is uploaded, its column chosen in the preview, and the list deleted after a question', async ({
  page,
}) => {
  await open(page);
  await page.getByRole('button', { name: 'Add source' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add source' });
  await dialog.getByLabel('Name').fill('Owls');
  await dialog.getByText('A file', { exact: true }).click();
  await dialog.getByLabel('File', { exact: true }).setInputFiles({
    name: 'owls.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('seen,source\n20.200.0.1,20.200.0.9\n20.200.0.3,20.200.0.9\n'),
  });
  await dialog.getByRole('button', { name: 'Add and simulate' }).click();
  await expect(page.getByRole('status').getByText('Owls added')).toBeVisible();
  await expect(page.getByText('of 2 entries are in no other list')).toBeVisible({ timeout: 20_000 });
  await menu(page, 'Owls', 'Preview');
  const preview = page.getByRole('dialog', { name: 'Preview of Owls' });
  await expect(preview.getByText('20.200.0.1,20.200.0.9')).toBeVisible();
  await preview.getByLabel('Format').selectOption('CSV');
  await preview.getByLabel('Column, by heading or number').fill('source');
  await preview.getByRole('button', { name: 'Use this format' }).click();
  // what stands in the column that was chosen
  await expect(preview.getByRole('listitem')).toHaveText(['20.200.0.9', '20.200.0.9']);
  await expectSound(page);
  await preview.getByRole('button', { name: 'Close' }).last().click();
  await menu(page, 'Owls', 'Delete…');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page.getByRole('status').getByText('Owls deleted')).toBeVisible();
  await expect(row(page, 'Owls')).toHaveCount(0);
});

test('a token reads the feed until it is revoked; the catalogue offers lists that are off', async ({
  page,
}) => {
  await open(page, '?tab=feed');
  await page.getByLabel('Name of the machine').fill('edge-02');
  await page.getByRole('button', { name: 'Make a token' }).click();
  const shown = page.getByText(/^curl /);
  await expect(shown).not.toContainText('Bearer TOKEN');
  const command = await shown.textContent();
  const [, bearer = ''] = /'Authorization: (Bearer [^']+)'/.exec(command ?? '') ?? [];
  const feed = () =>
    fetch(`${scene.bangui.url}/api/v1/feed/bans.txt`, { headers: { authorization: bearer } });
  expect((await feed()).status).toBe(200);
  await expectSound(page);
  await page.getByRole('button', { name: 'Revoke the token of edge-02' }).click();
  await expect(page.getByText('No machine reads the feed.')).toBeVisible();
  expect((await feed()).status).toBe(401);

  await page.getByRole('button', { name: 'Catalogue' }).click();
  const catalogue = page.getByRole('dialog', { name: 'Catalogue' });
  await catalogue.getByRole('button', { name: 'Add Spamhaus DROP', exact: true }).click();
  await expect(catalogue.getByRole('button', { name: 'Add Spamhaus DROP', exact: true })).toHaveText('Added');
  await expectSound(page);
  await catalogue.getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('link', { name: 'Sources' }).click();
  await expect(page.getByRole('switch', { name: 'Spamhaus DROP in force' })).not.toBeChecked();
});

test('with lists and a run the page is sound and led by keys', async ({ page }) => {
  await signInTo(page, scene.bangui.url, '/');
  await page.keyboard.press('g');
  await page.keyboard.press('k');
  await expect(page.getByRole('heading', { level: 1, name: 'Blocklists' })).toBeVisible();
  await expect(row(page, 'Kites')).toBeVisible();
  await page.keyboard.press('j');
  await expect(page).toHaveURL(/source=\d+/);
  await page.keyboard.press('Escape');
  await expect(page).not.toHaveURL(/source=/);
  await expectSound(page);
});
