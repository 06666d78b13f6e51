/** What a draft would have done, beside it, in a real browser: gained and lost, our own first, cancelled, refused. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { startBangui, type RunningBangui } from '../bangui.ts';
import { startFail2ban, type RealFail2ban } from '../fail2ban/real-fail2ban.ts';
import { expectSound } from './page-checks.ts';
import { signInTo } from './sign-in.ts';

test.describe.configure({ mode: 'serial' });
test.use({ contextOptions: { reducedMotion: 'reduce' } });

let fail2ban: RealFail2ban;
let bangui: RunningBangui;

const begin = Date.now() - 2 * 86_400_000;
const two = (value: number) => String(value).padStart(2, '0');
function failed(minutes: number, ip: string): string {
  const at = new Date(begin + minutes * 60_000);
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return `${date} ${time} host sshd[99]: Failed password for root from ${ip} port 22 ssh2\n`;
}
const written = '[sshd]\nmaxretry = 3\nignoreip = 192.0.2.200\n';

test.beforeAll(async () => {
  fail2ban = await startFail2ban({ files: { 'jail.d/sshd.local': written } });
  const lines = [
    ...[0, 1, 2].map((minute) => failed(minute, '198.51.100.1')),
    ...[10, 11].map((minute) => failed(minute, '198.51.100.2')),
    // us, once less than them
    ...[20, 21].map((minute) => failed(minute, '127.0.0.1')),
    ...[30, 31, 32].map((minute) => failed(minute, '192.0.2.200')),
  ];
  await writeFile(fail2ban.authLog, lines.join(''));
  bangui = await startBangui({
    socket: fail2ban.socket,
    env: { BANGUI_ALLOWED_LOG_DIRS: fail2ban.dir, BANGUI_FAIL2BAN_CONFIG_DIR: fail2ban.configDir },
  });
});
test.afterAll(async () => {
  await bangui.dispose();
  await fail2ban.remove();
});

const replay = (page: Page) => page.getByRole('region', { name: 'Replay' });
const list = (page: Page, name: string) => replay(page).getByRole('region', { name });

async function write(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: /^Text of/ }).click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

test('a form’s draft is replayed with one press: bans gained, our own first, and nothing is written', async ({
  page,
}) => {
  await signInTo(page, bangui.url, '/config?jail=sshd');
  const field = page.getByRole('textbox', { name: /^Failures until a ban/ });
  await expect(field).toHaveValue('3');
  await expect(replay(page)).toBeHidden();
  await field.fill('2');
  await replay(page).getByRole('button', { name: 'Replay 7 d' }).click();
  const gained = list(page, 'Bans gained').getByRole('listitem');
  await expect(gained).toHaveCount(2, { timeout: 30_000 });
  await expect(gained.first()).toContainText('127.0.0.1');
  await expect(gained.first()).toContainText('your own address');
  await expect(gained.last()).toContainText('198.51.100.2');
  await expect(list(page, 'Bans lost')).toContainText('Everybody who was banned still is.');
  await expect(
    replay(page)
      .getByText('1 of our own', { exact: false })
      .or(replay(page).getByText(/^One of our own/)),
  ).toBeVisible();
  await expect(replay(page).getByText(/^The lines begin .* of the 7 d asked for/)).toBeVisible();
  await expect(replay(page).getByText('192.0.2.200')).toBeVisible();
  await page.goto(`${bangui.url}/config?jail=sshd&pane=apply`);
  await replay(page).getByRole('button', { name: 'Replay 7 d' }).click();
  await expect(gained).toHaveCount(2, { timeout: 30_000 });
  await expectSound(page, async () => await expect(gained.first()).toBeVisible());
  await page.goto(`${bangui.url}/config?jail=sshd`);
  await replay(page).getByRole('combobox', { name: 'Period' }).selectOption('24 h');
  await replay(page).getByRole('button', { name: 'Replay 24 h' }).click();
  await expect(replay(page).getByText('No line is of the time asked for.')).toBeVisible({ timeout: 30_000 });
  await field.fill('9');
  await expect(replay(page).getByText('The draft was changed since.')).toBeVisible();
  expect(await readFile(join(fail2ban.configDir, 'jail.d/sshd.local'), 'utf8')).toBe(written);
  await page.getByRole('button', { name: 'Discard draft' }).click();
  await expect(replay(page)).toBeHidden();
});

test('a filter’s text is replayed in the jail that one chooses among those that use it', async ({ page }) => {
  await signInTo(page, bangui.url, '/config?tab=filters&file=filter/sshd.conf');
  await page.getByRole('button', { name: 'Override in sshd.local' }).click();
  await write(page, '[Definition]\nfailregex = ^never <HOST>$\n');
  const jails = replay(page).getByRole('combobox', { name: 'Jail' });
  await expect(jails).toBeVisible();
  expect((await jails.getByRole('option').allTextContents()).toSorted()).toEqual(['incr', 'sshd']);
  await jails.selectOption('sshd');
  await replay(page).getByRole('button', { name: 'Replay 7 d' }).click();
  await expect(list(page, 'Bans lost').getByRole('listitem')).toContainText(['198.51.100.1'], {
    timeout: 30_000,
  });
  await write(page, '[Definition]\nfailregex = (\n');
  await replay(page).getByRole('button', { name: 'Replay 7 d' }).click();
  await expect(
    replay(page)
      .getByText(/refuses an expression/)
      .first(),
  ).toBeVisible({ timeout: 20_000 });
  await page.getByRole('button', { name: 'Discard draft' }).click();
});

test('a long replay shows how far it is and is cancelled', async ({ page }) => {
  const many = Array.from({ length: 400_000 }, (_, at) => failed(at % 2800, '198.51.100.3'));
  await writeFile(fail2ban.secondAuthLog, many.join(''));
  await signInTo(page, bangui.url, '/config?jail=incr');
  await page.getByRole('textbox', { name: /^Failures until a ban/ }).fill('7');
  await replay(page).getByRole('button', { name: 'Replay 7 d' }).click();
  await expect(replay(page).getByRole('progressbar')).toBeVisible();
  await expect(replay(page).getByText(/[1-9][\d,]* lines read/)).toBeVisible({ timeout: 30_000 });
  await replay(page).getByRole('button', { name: 'Cancel' }).click();
  await expect(replay(page).getByText('It was cancelled.')).toBeVisible({ timeout: 20_000 });
  await expect(replay(page).getByRole('button', { name: 'Replay 7 d' })).toBeVisible();
});
