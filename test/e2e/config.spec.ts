/** Changing fail2ban's configuration in a real browser, against a real fail2ban: wrong, right, taken back, and by two. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { startBangui, type RunningBangui } from '../bangui.ts';
import { startFail2ban, type RealFail2ban } from '../fail2ban/real-fail2ban.ts';
import { password } from '../operator.ts';
import { expectSound } from './page-checks.ts';
import { signInTo } from './sign-in.ts';

test.describe.configure({ mode: 'serial' });
// what is fading in has no contrast yet
test.use({ contextOptions: { reducedMotion: 'reduce' } });

let fail2ban: RealFail2ban;
let bangui: RunningBangui;

test.beforeAll(async () => {
  fail2ban = await startFail2ban({
    files: { 'jail.d/sshd.local': '# owner marta\n[sshd]\nmaxretry = 5\nfindtime = 10m\n' },
  });
  bangui = await startBangui({
    socket: fail2ban.socket,
    env: { BANGUI_FAIL2BAN_CONFIG_DIR: fail2ban.configDir },
  });
});
test.afterAll(async () => {
  await bangui.dispose();
  await fail2ban.remove();
});

const sshdFile = () => readFile(join(fail2ban.configDir, 'jail.d/sshd.local'), 'utf8');
const editor = (page: Page) => page.getByRole('textbox', { name: /^Text of/ });
const applyButton = (page: Page) =>
  page
    .getByRole('banner')
    .or(page.locator('.config-acts'))
    .getByRole('button', { name: /^Apply/ });

/** Replaces the whole text, as one would by selecting all of it. */
async function write(page: Page, text: string): Promise<void> {
  await editor(page).click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

async function apply(page: Page): Promise<void> {
  await expect(applyButton(page)).toBeEnabled({ timeout: 20_000 });
  await applyButton(page).click();
}

test('an error is named at its line and blocks applying; put right, it is applied and taken back', async ({
  page,
}) => {
  await signInTo(page, bangui.url, '/config');
  await page.keyboard.press('/');
  await page.keyboard.type('ssh');
  await page.getByRole('link', { name: /^sshd/ }).first().click();
  await page.getByText('Text', { exact: true }).click();
  await expect(editor(page)).toContainText('owner marta');
  await write(
    page,
    '# owner marta\n[sshd]\nmaxretry = 3\nbantime = 30m\nbanaction = nftables-multiprot\naction = %(banaction)s\n',
  );
  await page.keyboard.press('ControlOrMeta+s');
  const finding = page.locator('.cm-finding');
  await expect(finding.first()).toContainText('nftables-multiprot', { timeout: 20_000 });
  await expect(applyButton(page)).toBeDisabled();
  await expect(applyButton(page)).toContainText('error');
  expect(await sshdFile()).toContain('maxretry = 5');

  await write(page, '# owner marta\n[sshd]\nmaxretry = 3\nfindtime = 30m\n');
  await expect(page.getByRole('region', { name: /^Changes to the disk/ })).toContainText('maxretry = 3');
  await expect(page.getByText('What it would do')).toBeVisible({ timeout: 20_000 });
  await page.getByRole('textbox', { name: 'Reason' }).fill('three tries are enough');
  await apply(page);
  await expect(page.getByText(/^Applied as revision/)).toBeVisible({ timeout: 20_000 });
  expect(await sshdFile()).toBe('# owner marta\n[sshd]\nmaxretry = 3\nfindtime = 30m\n');
  expect((await fail2ban.client('get', 'sshd', 'maxretry')).trim()).toBe('3');

  await page.getByRole('button', { name: /^Undo/ }).click();
  await expect.poll(sshdFile, { timeout: 20_000 }).toContain('maxretry = 5');
  // the file is put back first, then fail2ban reads it
  await expect
    .poll(async () => (await fail2ban.client('get', 'sshd', 'maxretry')).trim(), { timeout: 20_000 })
    .toBe('5');
  await expectSound(page);
});

test('a revision shows what it did and is restored from the list', async ({ page }) => {
  await signInTo(page, bangui.url, '/config?jail=sshd');
  const revisions = page.getByRole('region', { name: 'Revisions' });
  await expect(revisions).toContainText('three tries are enough');
  await revisions.getByRole('button', { name: 'Restore 1' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('maxretry = 3');
  await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
  await expect.poll(sshdFile, { timeout: 20_000 }).toContain('maxretry = 3');
});

test('the form changes one option, says where each is set, and leads back; a draft survives a reload', async ({
  page,
}) => {
  await signInTo(page, bangui.url, '/config?jail=web');
  const field = page.getByRole('textbox', { name: /^Failures until a ban/ });
  await expect(field).toHaveValue('3');
  await field.fill('7');
  await expect(page.getByRole('region', { name: /^Changes to the disk/ })).toContainText('maxretry = 7');
  await page.reload();
  await expect(field).toHaveValue('7');
  await expect(page.getByText('1 draft, 1 option changed')).toBeVisible();
  await page.getByRole('button', { name: /^Back to 3, jail.local:\d+/ }).click();
  await expect(field).toHaveValue('3');
  await page.getByRole('button', { name: 'Discard draft' }).click();
  await expectSound(page);
});

test('two operators: the second is told, sees both versions and loses nothing', async ({ browser }) => {
  const first = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage();
  const second = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage();
  for (const page of [first, second]) {
    await signInTo(page, bangui.url, '/config?jail=sshd&view=text');
    await expect(editor(page)).toContainText('maxretry');
  }
  const before = await sshdFile();
  await write(second, before.replace(/findtime = .*/, 'findtime = 2h'));
  await write(first, before.replace(/maxretry = .*/, 'maxretry = 9'));
  await apply(first);
  await expect(first.getByText(/^Applied as revision/)).toBeVisible({ timeout: 20_000 });
  await expect(second.getByText('jail.d/sshd.local was changed while you edited it.')).toBeVisible();
  await expect(second.getByRole('textbox', { name: 'On the disk now' })).toContainText('maxretry = 9');
  await expect(second.getByRole('textbox', { name: 'Your draft' })).toContainText('findtime = 2h');
  await expectSound(second);
  await second.getByRole('button', { name: 'Keep mine' }).click();
  await expect(editor(second)).toContainText('findtime = 2h');
  await apply(second);
  await expect.poll(sshdFile, { timeout: 20_000 }).toContain('findtime = 2h');
  await first.context().close();
  await second.context().close();
});

test('an action is only changed after the password was typed again', async ({ page }) => {
  await signInTo(page, bangui.url, '/config?tab=actions&file=action/to-file.conf');
  await page.getByRole('button', { name: 'Override in to-file.local' }).click();
  await expect(editor(page)).toContainText('Overrides of action.d/to-file.conf');
  await write(page, '[Definition]\nactionban = printf other\n');
  await apply(page);
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('actionban');
  await dialog.getByLabel('Password', { exact: true }).fill('not the password');
  await dialog.getByRole('button', { name: 'Confirm and apply' }).click();
  await expect(dialog.getByRole('alert')).toBeVisible();
  await dialog.getByLabel('Password', { exact: true }).fill(password);
  await dialog.getByRole('button', { name: 'Confirm and apply' }).click();
  await expect(page.getByText(/^Applied as revision/)).toBeVisible({ timeout: 20_000 });
  expect(await readFile(join(fail2ban.configDir, 'action.d/to-file.local'), 'utf8')).toContain(
    'printf other',
  );
});

test('a change outside is seen, and the effective value leads to its line', async ({ page }) => {
  await writeFile(join(fail2ban.configDir, 'jail.d/web.local'), '[web]\nmaxretry = 4\n');
  await signInTo(page, bangui.url, '/config?tab=effective&jail=web&option=maxretry');
  const row = page.getByRole('row').filter({ hasText: 'jail.d/web.local:2' });
  await expect(row).toContainText('4');
  await row.click();
  await expect(page).toHaveURL(/file=jail\/web\.local&line=2|line=2/);
  await expect(editor(page)).toContainText('maxretry = 4');
});

for (const path of [
  '',
  '?tab=filters&file=filter/sshd.conf',
  '?tab=effective',
  '?tab=server',
  '?jail=sshd&pane=apply',
]) {
  test(`axe finds nothing on /config${path}, and 360 px need no sideways scrolling`, async ({ page }) => {
    await signInTo(page, bangui.url, `/config${path}`);
    await expect(
      page
        .getByRole('main')
        .getByText(/sshd|Log level/)
        .filter({ visible: true })
        .first(),
    ).toBeVisible();
    await expectSound(page);
  });
}
