/** The laboratory in a real browser: from a line nobody matches to an expression, to what it would have done, to a link. */
import { writeFile } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import { startBangui, type RunningBangui } from '../bangui.ts';
import { startFail2ban, type RealFail2ban } from '../fail2ban/real-fail2ban.ts';
import { signIn } from '../operator.ts';
import { expectSound } from './page-checks.ts';
import { signInTo } from './sign-in.ts';

test.describe.configure({ mode: 'serial' });

let fail2ban: RealFail2ban;
let bangui: RunningBangui;

/** A day ago, `minutes` after its first line. */
const begin = Date.now() - 86_400_000;
const two = (value: number) => String(value).padStart(2, '0');
function line(minutes: number, text: string): string {
  const at = new Date(begin + minutes * 60_000);
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())} host sshd[${2000 + minutes}]: ${text}`;
}
const lines = [
  ...[0, 1, 2].map((at) => line(at, 'Failed password for root from 203.0.113.84 port 52110 ssh2')),
  ...[20, 21, 22].map((at) => line(at, 'Strange hello of user root 198.51.100.91 port 40312')),
  ...[30, 31, 32].map((at) => line(at, 'Failed password for marta from 127.0.0.9 port 60112 ssh2')),
  line(40, 'pam_unix(sshd:session): session opened for user jonas'),
];

test.beforeAll(async () => {
  fail2ban = await startFail2ban();
  await writeFile(fail2ban.authLog, `${lines.join('\n')}\n`);
  bangui = await startBangui({
    socket: fail2ban.socket,
    env: { BANGUI_ALLOWED_LOG_DIRS: fail2ban.dir, BANGUI_FAIL2BAN_CONFIG_DIR: fail2ban.configDir },
  });
  await signIn(bangui.url);
});
test.afterAll(async () => {
  await bangui.dispose();
  await fail2ban.remove();
});

const logLines = (page: Page) => page.getByRole('region', { name: 'Log lines' });
const replay = (page: Page) => page.getByRole('region', { name: 'Replay' });

test('a line becomes an expression, the expression a replay, the replay a link', async ({ page }) => {
  await signInTo(page, bangui.url, '/');
  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await expect(page).toHaveURL(/\/lab/);
  await page.getByRole('combobox', { name: 'Filter' }).selectOption('jail:sshd');
  await expect(page).toHaveURL(/jail=sshd/);
  await expect(logLines(page).getByText('All 10')).toBeVisible();
  await expect(logLines(page).getByText('Match 6')).toBeVisible();
  await expect(logLines(page).locator('mark').first()).toHaveText('203.0.113.84');

  await logLines(page)
    .getByRole('button', { name: /Strange hello/ })
    .first()
    .click();
  const proposal = page.getByRole('region', { name: 'The chosen line' });
  await expect(proposal.getByText(/Matches this line, and 3 of 10 others/)).toBeVisible();
  await proposal.getByRole('button', { name: 'Try this expression' }).click();
  await expect(logLines(page).getByText('New 3')).toBeVisible();

  await page.getByLabel('maxretry of the trial').fill('2');
  await page.getByRole('heading', { name: 'Laboratory' }).click();
  await page.keyboard.press('r');
  await expect(replay(page).getByText(/done \d/)).toBeVisible({ timeout: 30_000 });
  await expect(replay(page).getByText('+1 on 1')).toBeVisible();
  await expect(replay(page).getByRole('row', { name: /198\.51\.100\.91/ })).toBeVisible();
  await expect(replay(page).getByRole('row', { name: /127\.0\.0\.9/ })).toContainText('left out');

  await page.getByRole('button', { name: 'Copy link' }).click();
  await expect(page.getByRole('status').getByText(/Trial/).first()).toBeVisible();
  await page.goto(`${bangui.url}/lab?trial=1`);
  await expect(page.getByLabel('maxretry of the trial')).toHaveValue('2');
  await expect(logLines(page).getByText('New 3')).toBeVisible();
});

test('an expression that fail2ban refuses says so at its row', async ({ page }) => {
  await signInTo(page, bangui.url, '/lab?jail=web');
  await page.getByRole('button', { name: /^Edit expression 1/ }).click();
  await page.getByRole('textbox', { name: 'Expression 1' }).fill('(');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert').getByText(/compile/)).toBeVisible();
});

test('the samples that ship are there to try a filter alone on', async ({ page }) => {
  await signInTo(page, bangui.url, '/lab?filter=vsftpd');
  await expect(logLines(page).getByRole('button').first()).toBeVisible({ timeout: 15_000 });
  await expect(replay(page).getByText('A filter alone bans nobody')).toBeVisible();
});

test('it is sound', async ({ page }) => {
  await signInTo(page, bangui.url, '/lab?trial=1');
  await expect(logLines(page).getByText('New 3')).toBeVisible();
  await page.getByRole('button', { name: /^Run/ }).click();
  await expect(replay(page).getByText(/done \d/)).toBeVisible({ timeout: 30_000 });
  await expectSound(page);
});
