/** A first seeding that nobody disturbs: everything is there afterwards, the full-text index too, without another start. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { startBangui, until } from '../bangui.ts';
import { madeBans, makeFail2banDatabase } from '../fail2ban/made-database.ts';
import { startFail2ban } from '../fail2ban/real-fail2ban.ts';
import { signIn } from '../operator.ts';
import { onPostgres } from '../servers/test-databases.ts';

/** More than are taken over in the usual way. */
const bans = 25_000;
const history = z.object({ state: z.string(), events: z.number() });
const page = z.object({ items: z.array(z.object({ ip: z.string() })) });

test('what was seeded is found by the text of its lines, in the index', { timeout: 180_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bangui-seeding-'));
  const theirs = join(folder, 'f2b.sqlite3');
  makeFail2banDatabase(theirs, madeBans({ bans, days: 30, addresses: 1_000 }));
  const fail2ban = await startFail2ban();
  await fail2ban.stop();
  const bangui = await startBangui({ socket: fail2ban.socket, env: { BANGUI_FAIL2BAN_DATABASE: theirs } });
  try {
    const operator = await signIn(bangui.url);
    // it looks around for a while before it hears where the database is
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(history.parse((await operator.get('/api/v1/history/state')).body).events).toBe(0);
    await fail2ban.start();
    await until(
      'all of it is there',
      async () => {
        const { state, events } = history.parse((await operator.get('/api/v1/history/state')).body);
        return state === 'current' && events === bans;
      },
      120_000,
      200,
    );
    const found = await operator.get('/api/v1/history?text=password&page_size=1');
    expect(page.parse(found.body).items.length).toBe(1);
    // PostgreSQL indexes as it writes
    if (onPostgres()) return;
    const sqlite = new DatabaseSync(join(bangui.dir, 'bangui.db'), { readOnly: true });
    const indexed = sqlite.prepare('SELECT count(*) AS n FROM history_search_docsize');
    await until('all lines are in the full-text index', () => indexed.get()?.['n'] === bans, 60_000, 200);
    sqlite.close();
  } finally {
    await bangui.dispose();
    await fail2ban.remove();
    await rm(folder, { recursive: true });
  }
});
