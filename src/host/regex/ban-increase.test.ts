/** Bans that get longer, held beside a jail of fail2ban's own classes that reads the same lines; and formulas that are more than arithmetic. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  createReplayLines,
  type ReplayIncrease,
  type ReplayResult,
  type ReplayRules,
} from './replay-lines.ts';

const replayLines = createReplayLines({ program: '/usr/bin/fail2ban-regex' });
const reference = join(import.meta.dirname, '../../../test/fail2ban/reference-bans.py');
const start = Date.UTC(2026, 10, 13) / 1000;
const at = (start + 8 * 86_400) * 1000;

const filter = {
  expressions: [String.raw`^\s*bad from <HOST>$`],
  ignore: [],
  prefix: null,
  datePattern: '^Epoch',
  timeZone: null,
  maxLines: 1,
  hostNames: true,
};
const plain: ReplayIncrease = {
  factor: null,
  formula: null,
  multipliers: null,
  maxSeconds: null,
  randomSeconds: null,
  overallJails: false,
};
type Line = readonly [at: number, ip: string];
interface Case {
  lines: readonly Line[];
  increase?: ReplayIncrease | null;
  purgeSeconds?: number | null;
  maxretry?: number;
}

/** A jail that bans nobody, against one that lengthens its bans. */
async function replayed({ lines, increase = plain, purgeSeconds = 86_400, maxretry = 3 }: Case) {
  const rules: ReplayRules = { filter, maxretry, findtime: 600, bantime: 600, increase };
  const text = lines.map(([seconds, ip]) => `${seconds} bad from ${ip}\n`).join('');
  const outcome = await replayLines(
    {
      now: { ...rules, maxretry: 1_000_000, increase: null },
      trial: rules,
      ignoreip: [],
      own: [],
      from: 0,
      to: at,
      at,
      purgeSeconds,
      inputs: [{ log: 0, from: Readable.from([text]), kind: 'plain', size: 0 }],
    },
    new AbortController().signal,
    () => {},
  );
  if (outcome.kind !== 'answered') throw new Error(outcome.sentence);
  return outcome.result;
}

const answer = z.object({
  bans: z.array(z.tuple([z.string(), z.number(), z.number()])),
  growth: z.array(z.number()),
});

/** By fail2ban's own classes from line to ban. */
function banned({ lines, increase = plain, purgeSeconds = 86_400, maxretry = 3 }: Case) {
  const told = increase ?? plain;
  const input = JSON.stringify({
    lines,
    maxretry,
    findtime: 600,
    bantime: 600,
    purgeSeconds,
    increase: {
      increment: increase === null ? 'false' : 'true',
      ...(told.factor === null ? {} : { factor: told.factor }),
      ...(told.formula === null ? {} : { formula: told.formula }),
      ...(told.multipliers === null ? {} : { multipliers: told.multipliers }),
      ...(told.maxSeconds === null ? {} : { maxtime: String(told.maxSeconds) }),
      ...(told.randomSeconds === null ? {} : { rndtime: String(told.randomSeconds) }),
      overalljails: told.overallJails,
    },
  });
  return answer.parse(JSON.parse(execFileSync('/usr/bin/python3', [reference], { input, encoding: 'utf8' })));
}

/** First ban and number of bans, by address. */
const ofReplay = (found: ReplayResult) =>
  Object.fromEntries(found.added.items.map((row) => [row.ip, [row.at, row.bans]]));
const ofReference = (bans: readonly (readonly [string, number, number])[]) => {
  const found = new Map<string, [number, number]>();
  for (const [ip, first] of bans) found.set(ip, [found.get(ip)?.[0] ?? first, (found.get(ip)?.[1] ?? 0) + 1]);
  return Object.fromEntries(found);
};

/** The same every time: attackers of different patience over seven days, some with long rests. */
function attackers(count: number): Line[] {
  let seed = 7;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const lines: Line[] = [];
  for (let one = 0; one < count; one += 1) {
    const pace = 20 + random() * 900;
    for (let time = random() * 86_400; time < 7 * 86_400; time += pace * (0.2 + random() * 1.6)) {
      lines.push([start + Math.round(time), `192.0.2.${one + 1}`]);
      if (random() < 0.01) time += random() * 3 * 86_400;
    }
  }
  return lines.toSorted((a, b) => a[0] - b[0]);
}

const lines = attackers(12);
const formula = 'ban.Time * math.exp(float(ban.Count+1)*banFactor)/math.exp(1*banFactor)';
const ways: Readonly<Record<string, Case>> = {
  'not at all': { lines, increase: null },
  'doubled, as where nothing is written': { lines },
  'by a factor, up to a longest': { lines, increase: { ...plain, factor: '1.5', maxSeconds: 86_400 } },
  'by multipliers': { lines, increase: { ...plain, multipliers: '1 5 30 60 300 720 1440 2880' } },
  "by the formula that fail2ban's jail.conf gives as an example": {
    lines,
    increase: { ...plain, factor: '2.0 / 2.885385', formula },
  },
  'with something random, taken as its middle': { lines, increase: { ...plain, randomSeconds: 900 } },
  'over all jails': { lines, increase: { ...plain, overallJails: true } },
  'after more failures than one, fewer for those who return': { lines, maxretry: 5 },
  'forgotten after an hour': { lines, purgeSeconds: 3600 },
};

for (const [name, way] of Object.entries(ways)) {
  test(`bans are those of fail2ban's own classes, lengthened ${name}`, async () => {
    const { bans } = banned(way);
    expect(bans.length).toBeGreaterThan(12);
    const found = await replayed(way);
    expect(ofReplay(found)).toEqual(ofReference(bans));
    expect(found.growth).toEqual({ now: null, trial: null });
  });
}

test('who comes back is banned for longer, so less often; without a database nobody is known to come back', async () => {
  const steady = Array.from({ length: 3000 }, (_, index): Line => [start + index * 60, '192.0.2.1']);
  const bans = async (more: Partial<Case>) => (await replayed({ lines: steady, ...more })).bans.trial;
  const without = await bans({ increase: null });
  expect(await bans({})).toBeLessThan(without / 5);
  expect(await bans({ purgeSeconds: null })).toBe(without);
});

const touched = join(tmpdir(), `bangui-formula-${process.pid}`);
const hostile = [
  `__import__("os").system("touch ${touched}")`,
  'ban.__class__',
  'ban.Time.__class__.__mro__',
  'open("/etc/passwd").read()',
  '[x for x in (1,)]',
  'lambda: 1',
  'max("a", "b")',
  'exec("1")',
  'math.__loader__',
  '(banFactor := 2)',
  `${'1+'.repeat(500)}1`,
];
test('a formula or factor that is more than arithmetic is never run: bans are counted plainly, and it is told', async () => {
  const few = lines.slice(0, 300);
  const plainly = (await replayed({ lines: few, increase: null })).bans.trial;
  for (const text of hostile) {
    const found = await replayed({ lines: few, increase: { ...plain, formula: text } });
    expect(found.growth.trial, text).toMatch(/more than arithmetic|too long/);
    expect(found.bans.trial, text).toBe(plainly);
  }
  const [text = ''] = hostile;
  expect((await replayed({ lines: few, increase: { ...plain, factor: text } })).growth.trial).not.toBeNull();
  expect(existsSync(touched)).toBe(false);
});

test('what has no end is not worked out; what cannot be is as fail2ban has it: the ban is not longer', async () => {
  const few = lines.slice(0, 600);
  const plainly = (await replayed({ lines: few, increase: null })).bans.trial;
  for (const text of [
    '9**9**9**9',
    '1<<99999999999',
    '1/0',
    'math.sqrt(0-ban.Count)',
    '0 if ban.Count else 1',
  ]) {
    const began = performance.now();
    const found = await replayed({ lines: few, increase: { ...plain, formula: text } });
    if (!text.startsWith('0 if')) expect(found.growth.trial, text).toContain('cannot be worked out');
    expect(performance.now() - began).toBeLessThan(20_000);
    // fewer failures are enough for who returns, also where the ban is no longer
    expect(found.bans.trial, text).toBeGreaterThanOrEqual(plainly);
  }
});
