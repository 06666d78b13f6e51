/** Signs a browser in as every journey needs it; how it looks to a person is the operator's journey. */
import { expect, type Page } from '@playwright/test';
import { signIn } from '../operator.ts';

/** By server: a password takes as long to check as it is meant to. */
const sessions = new Map<string, Promise<string>>();

/** By a cookie that all pages of one server share; set-up is completed when it is open. */
export async function signInTo(page: Page, url: string, path: string): Promise<void> {
  const session = sessions.get(url) ?? signIn(url).then(({ cookie }) => cookie);
  sessions.set(url, session);
  const [name = '', value = ''] = (await session).split('=');
  await page.context().addCookies([{ name, value, url }]);
  await page.goto(url + path);
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
}
