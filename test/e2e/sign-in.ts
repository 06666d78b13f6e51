/** What every journey does: sign in, look for findings of axe, and see whether the page needs sideways scrolling. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { signIn as completeSetup } from '../operator.ts';

/** Signs the browser in by its cookie; set-up is completed when it is open. */
export async function signInTo(page: Page, url: string, path: string): Promise<void> {
  const { cookie } = await completeSetup(url);
  const [name = '', value = ''] = cookie.split('=');
  await page.context().addCookies([{ name, value, url }]);
  await page.goto(url + path);
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
}

export async function expectNoAxeFindings(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(', ')}`)).toEqual(
    [],
  );
}

export async function expectNoSidewaysScrolling(page: Page): Promise<void> {
  // an expression in text: this file is checked without the browser's types
  const overflow = Number(
    await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
  );
  expect(overflow).toBeLessThanOrEqual(0);
}
