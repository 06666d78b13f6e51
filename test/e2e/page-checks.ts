/** What is looked for on every page: findings of axe in both colour schemes, and whether it has to be scrolled sideways. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const desk = { width: 1440, height: 900 };
const phone = { width: 360, height: 780 };

/** At 1440 px and at 360 px, in light and dark. `isThere`: what has to be visible before one looks. */
export async function expectSound(page: Page, isThere?: (page: Page) => Promise<void>): Promise<void> {
  for (const size of [desk, phone]) {
    await page.setViewportSize(size);
    await isThere?.(page);
    await expectNoAxeFindings(page);
    await expectNoSidewaysScrolling(page);
  }
  await page.setViewportSize(desk);
}

/** As the page is now; left in light, without motion. */
export async function expectNoAxeFindings(page: Page): Promise<void> {
  // What is fading in has no contrast yet.
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  expect(await findings(page, (axe) => axe.withTags(levels)), 'in light').toEqual([]);
  // The same elements stand there in the dark: only what looks at colours can find another thing.
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await findings(page, (axe) => axe.withRules(ofColours)), 'in dark').toEqual([]);
  await page.emulateMedia({ colorScheme: 'light' });
}

export async function expectNoSidewaysScrolling(page: Page): Promise<void> {
  // an expression in text: this file is checked without the browser's types
  const overflow = Number(
    await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
  );
  expect(overflow, 'sideways').toBeLessThanOrEqual(0);
}

const levels = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];
const ofColours = ['color-contrast', 'link-in-text-block'];

async function findings(page: Page, narrow: (axe: AxeBuilder) => AxeBuilder): Promise<string[]> {
  // Its places are only told for what is wrong, and without frames it needs no second page to sum up in.
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode();
  const { violations } = await narrow(axe).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(', ')}`);
}
