/** What a browser sees: ban to visible on another open page, weight of the pages, and our CPU with a page open. */
import { chromium, type Browser, type Page } from '@playwright/test';
import { cpuSeconds, median, round, sleep } from './measure.ts';
import { password } from '../test/operator.ts';
import type { Row, Scene } from './scene.ts';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export async function inBrowser(scene: Scene): Promise<Row[]> {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
  try {
    return [
      ...(await weight(browser, scene)),
      ...(await banToVisible(browser, scene)),
      ...(await idleWithPage(browser, scene)),
    ];
  } finally {
    await browser.close();
  }
}

async function signedIn(browser: Browser, { bangui }: Scene): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${bangui.url}/login`);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  return page;
}

async function weight(browser: Browser, scene: Scene): Promise<Row[]> {
  const page = await signedIn(browser, scene);
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.clearBrowserCache');
  const scripts = new Map<string, { encoding: string; cache: string }>();
  const sizes = new Map<string, number>();
  session.on('Network.responseReceived', ({ requestId, response, type }) => {
    if (type !== 'Script') return;
    const headers = new Map(
      Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    scripts.set(requestId, {
      encoding: headers.get('content-encoding') ?? '',
      cache: headers.get('cache-control') ?? '',
    });
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) =>
    sizes.set(requestId, encodedDataLength),
  );
  await session.send('Network.setExtraHTTPHeaders', { headers: { 'Accept-Encoding': 'gzip' } });
  await page.goto(`${scene.bangui.url}/`);
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.waitForLoadState('load');
  const bytes = [...scripts.keys()].reduce((sum, id) => sum + (sizes.get(id) ?? 0), 0);
  const compressed = [...scripts.values()].every((script) => script.encoding === 'gzip');
  const hashed = [...scripts.values()].filter((script) => script.cache.includes('immutable')).length;
  await page.context().close();
  return [
    {
      figure: 'JavaScript until the overview is usable, as sent (gzip)',
      reach: '≤ 200 kB, compressed, immutable',
      measured: `${round(bytes / 1000)} kB in ${scripts.size} files`,
      beside: `${compressed ? 'all' : 'NOT all'} compressed, ${hashed} of ${scripts.size} immutable`,
      met: bytes > 0 && bytes <= 200_000 && compressed && hashed >= scripts.size - 1,
    },
  ];
}

async function banToVisible(browser: Browser, scene: Scene): Promise<Row[]> {
  const page = await signedIn(browser, scene);
  await sleep(1500);
  const waits: number[] = [];
  for (let i = 1; i <= 15; i++) {
    const ip = `9.9.9.${i}`;
    // the page's own clock is the machine's: the moment its text first holds the address
    const seen = page.evaluate(`new Promise((resolve, reject) => {
      const look = () => {
        if (!document.body.textContent.includes('${ip}')) return;
        observer.disconnect();
        resolve(Date.now());
      };
      const observer = new MutationObserver(look);
      observer.observe(document.body, { childList: true, subtree: true, characterData: true });
      setTimeout(() => reject(new Error('${ip} did not appear within 10 s')), 10_000);
    })`);
    await sleep(50);
    const began = Date.now();
    const answer = await scene.operator.send('POST', '/api/v1/bans', {
      ips: [ip],
      jail: scene.jail,
      force: true,
    });
    if (answer.status !== 201) throw new Error(`the ban answered ${answer.status}`);
    waits.push(Number(await seen) - began);
    await sleep(1500);
  }
  await page.context().close();
  return [
    {
      figure: 'ban to visible on another open page (median, worst of 15)',
      reach: '≤ 300 ms',
      measured: `${round(median(waits))} ms, ${round(Math.max(...waits))} ms`,
      beside: 'rival 51,500 ms',
      met: Math.max(...waits) <= 300,
    },
  ];
}

async function idleWithPage(browser: Browser, scene: Scene): Promise<Row[]> {
  const page = await signedIn(browser, scene);
  await sleep(10_000);
  const seconds = 60;
  const before = cpuSeconds(scene.bangui.pid);
  await sleep(seconds * 1000);
  const share = ((cpuSeconds(scene.bangui.pid) - before) / seconds) * 100;
  await page.context().close();
  return [
    {
      figure: `CPU with one page open, ${seconds} s`,
      reach: '≤ 1 % of a core',
      measured: `${round(share)} %`,
      beside: 'rival 12 %',
      met: share <= 1,
    },
  ];
}
