/** An installation's worth of rows whose values are as odd as the database allows. */
import type { Kysely } from 'kysely';
import type { Database } from '../src/platform/db/schema.ts';

const oddTexts = [
  '',
  ' ',
  "'; DROP TABLE users; --",
  'Ünïcödé Ä',
  'ａ', // full width
  '𝕏 🦊 👩‍👩‍👧',
  'e\u0301 is not \u00e9',
  '\u0001\u001f\u007f\n\r\t\\ "quoted"',
  '\ufeff\uffff',
  'عربى‏ ‮left',
  'x'.repeat(3_000),
  'null',
  '{"json":[1,null]}',
];
const oddNumbers = [0, 1, -1, 2 ** 31, -(2 ** 31) - 1, 253_402_300_799_999, Number.MAX_SAFE_INTEGER];

const pick = <T>(list: readonly T[], n: number, other: T): T => list[n % list.length] ?? other;
const text = (n: number): string => pick(oddTexts, n, '');
const number = (n: number): number => pick(oddNumbers, n, 0);

/** So many rows of audit and as many bans; a few of everything else. */
export async function fillWithOddRows(db: Kysely<Database>, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, n) => n);
  const user = { role: 'admin', password_hash: 'hash', created_at: 1, password_changed_at: 2 };
  // an identity that starts high, and leaves a gap
  await db
    .insertInto('users')
    .values([
      { ...user, id: 7, name: 'admin' },
      { ...user, id: 90_000_000_000, name: 'Ädmin' },
    ])
    .execute();
  await db
    .insertInto('sessions')
    .values(
      oddTexts.map((odd, n) => ({
        token_hash: `hash ${odd}`,
        user_id: n % 2 === 0 ? 7 : 90_000_000_000,
        created_at: number(n),
        expires_at: number(n + 1),
        client: odd,
        user_agent: text(n + 1),
      })),
    )
    .execute();
  await db
    .insertInto('settings')
    .values(oddTexts.map((odd, n) => ({ key: odd, value: text(n + 3) })))
    .execute();
  for (let from = 0; from < count; from += 500) {
    const slice = numbers.slice(from, from + 500);
    await db
      .insertInto('audit')
      .values(
        slice.map((n) => ({
          at: number(n),
          host_id: n % 3 === 0 ? null : text(n),
          actor: text(n + 1),
          client: n % 2 === 0 ? null : text(n + 2),
          action: 'a.b',
          target: `${n}`,
          detail: text(n * 7),
          outcome: 'done',
        })),
      )
      .execute();
    await db
      .insertInto('active_bans')
      .values(
        slice.map((n) => ({
          host_id: n % 2 === 0 ? 'local' : 'Local_2',
          jail: text(n),
          ip: `${n}`,
          ip_key: text(n + 5),
          banned_at: number(n),
          expires_at: number(n + 2),
          ban_count: n % 1000,
          own_duration: n % 2,
          confirmed: 1,
          seen: n,
          country: n % 3 === 0 ? 'unknown' : 'NL',
          asn: n % 3 === 0 ? 0 : 4_200_000_000 + n,
        })),
      )
      .execute();
  }
}
