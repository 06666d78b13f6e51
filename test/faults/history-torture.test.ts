/**
 * The history against a real fail2ban that is restarted, purged, whose log is rotated, and a BanGUI that is killed at
 * any moment: afterwards it holds every ban exactly once. `BANGUI_TORTURE=1` runs the long form.
 */
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { checkHistory } from '../../src/features/history/store/check.ts';
import { openDatabase } from '../../src/platform/db/open.ts';
import { startBangui, until, type RunningBangui } from '../bangui.ts';
import { signIn, type Operator } from '../operator.ts';
import { databaseOf, onPostgres } from '../servers/test-databases.ts';
import { startScene, type HistoryScene } from './history-scene.ts';

const long = process.env['BANGUI_TORTURE'] !== undefined;
const rounds = long ? 120 : 14;
const many = long ? 60 : 25;
const seed = Number(process.env['BANGUI_TORTURE_SEED'] ?? Date.now() % 100_000);

const state = z.object({ state: z.string(), events: z.number(), as_of: z.iso.datetime().nullable() });

test(
  `every ban is in the history exactly once (seed ${seed})`,
  { timeout: long ? 3_600_000 : 180_000 },
  async () => {
    const scene = await startScene();
    const random = randomFrom(seed);
    let bangui = await startBangui({ socket: scene.fail2ban.socket });
    await signIn(bangui.url);
    let down = false;
    const done: string[] = [];
    const acts = actsOf(scene);
    try {
      for (let round = 0; round < rounds; round++) {
        // each of them once, then at random
        const [name, act] = acts[round < acts.length ? round : Math.floor(random() * acts.length)] ?? [];
        if (name === undefined || act === undefined) break;
        done.push(`${down ? 'down: ' : ''}${name}`);
        await act();
        await sleep(random() * 600);
        if (!down && random() < 0.45) {
          await bangui.kill();
          down = true;
        } else if (down && random() < 0.7) {
          bangui = await bangui.restart();
          down = false;
        }
      }
      await scene.acted();
      if (down) bangui = await bangui.restart();
      await expectComplete(scene, bangui, done);
    } finally {
      await bangui.dispose();
      await scene.remove();
    }
  },
);

type Act = readonly [name: string, act: () => Promise<void>];

const actsOf = (scene: HistoryScene): Act[] => [
  ['bans by log', () => scene.banByLog(many)],
  ['bans by socket', () => scene.banBySocket('manual', many)],
  ['brief bans', () => scene.banBySocket('brief', many)],
  ['unbans', () => scene.unbanSome(many / 2)],
  ['log renamed', scene.rotateByRename],
  ['more bans by socket', () => scene.banBySocket('sshd', many)],
  ['fail2ban restarted', scene.restart],
  ['banned again', () => scene.banAgain(many / 3)],
  ['log copied and emptied', scene.rotateByCopy],
  ['more bans by log', () => scene.banByLog(many)],
  ['purge', scene.purge],
  ['more unbans', () => scene.unbanSome(many / 2)],
  ['jail restarted', () => scene.restartJail('manual')],
  ['bans at the end', () => scene.banBySocket('manual', many)],
];

async function expectComplete(scene: HistoryScene, bangui: RunningBangui, done: string[]): Promise<void> {
  const operator = await signIn(bangui.url);
  const expected = [...scene.ledger.values()].reduce((sum, { bans }) => sum + bans, 0);
  await until('the history is current', async () => (await readState(operator)).state === 'current', 30_000);
  const at = await placeOf(bangui);
  const database = await openDatabase({ ...at, log: silentLog, now: systemClock });
  const { db, dialect } = database;
  const counted = async () =>
    (
      await sql<{ jail: string; ip: string; bans: number; unbans: number }>`
        SELECT jail, ip, sum(CASE WHEN action = 'ban' THEN 1 ELSE 0 END) AS bans,
          sum(CASE WHEN action = 'unban' THEN 1 ELSE 0 END) AS unbans FROM history GROUP BY jail, ip`.execute(
        db,
      )
    ).rows.map((row) => ({ ...row, bans: Number(row.bans), unbans: Number(row.unbans) }));
  try {
    const bansNow = async () => (await counted()).reduce((sum, { bans }) => sum + bans, 0);
    // whatever is read twice or late has had its time, too
    await until(`${expected} bans are there`, async () => (await bansNow()) >= expected, 45_000, 200).catch(
      () => {},
    );
    await sleep(5_000);
    const found = new Map((await counted()).map((row) => [`${row.jail} ${row.ip}`, row]));
    const wrong = [...scene.ledger].flatMap(([key, { bans, unbans, expires }]) => {
      const row = found.get(key);
      const right = row?.bans === bans && (expires ? row.unbans <= bans : row.unbans === unbans);
      return right
        ? []
        : [`${key}: ${row?.bans ?? 0} bans of ${bans}, ${row?.unbans ?? 0} unbans of ${unbans}`];
    });
    const strange = [...found.keys()].filter((key) => !scene.ledger.has(key));
    await bangui.stop();
    const differences = await checkHistory({ db, dialect, hostId: 'local' });
    if (wrong.length > 0) console.log(done.join('\n'));
    expect({ wrong, strange, differences, after: done }).toEqual({
      wrong: [],
      strange: [],
      differences: [],
      after: done,
    });
  } finally {
    await database.close();
  }
}

const readState = async (operator: Operator) =>
  state.parse((await operator.get('/api/v1/history/state')).body);

const placeOf = async (bangui: RunningBangui) =>
  onPostgres() ? { url: await databaseOf(bangui.dir) } : { path: join(bangui.dir, 'bangui.db') };

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The same numbers for the same seed. */
function randomFrom(start: number): () => number {
  let value = start;
  return () => {
    value = (value * 1_103_515_245 + 12_345) % 2_147_483_648;
    return value / 2_147_483_648;
  };
}
