/** Drafts of the configuration replayed on a real fail2ban: what they gain and lose, and that nothing is written for it. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startBangui, type RunningBangui } from '../../../test/bangui.ts';
import { startFail2ban, type RealFail2ban } from '../../../test/fail2ban/real-fail2ban.ts';
import { signIn, type Operator } from '../../../test/operator.ts';
import { readReplay } from './replay-contract.ts';

let fail2ban: RealFail2ban;
let bangui: RunningBangui;
let operator: Operator;
const api = '/api/v1/config/replay';
const begin = Date.now() - 2 * 86_400_000;

const two = (value: number) => String(value).padStart(2, '0');
function line(minutes: number, text: string): string {
  const at = new Date(begin + minutes * 60_000);
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())} host sshd[99]: ${text}\n`;
}
const failed = (minutes: number, ip: string) =>
  line(minutes, `Failed password for root from ${ip} port 22 ssh2`);

beforeAll(async () => {
  fail2ban = await startFail2ban({
    files: { 'jail.d/sshd.local': '[sshd]\nmaxretry = 3\n' },
    jails: '[both]\nenabled = true\nfilter = sshd\nlogpath = $DIR/auth.log\n    $DIR/web.log\n',
  });
  // as it is: the first alone is banned; the second fails twice, the third says something strange
  const lines = [
    ...[0, 1, 2].map((minute) => failed(minute, '198.51.100.1')),
    ...[10, 11].map((minute) => failed(minute, '198.51.100.2')),
    ...[20, 21, 22].map((minute) => line(minute, 'Strange hello of 198.51.100.3 port 22')),
  ];
  await writeFile(`${fail2ban.authLog}.1`, lines.slice(0, 4).join(''));
  await writeFile(fail2ban.authLog, lines.slice(4).join(''));
  await writeFile(fail2ban.webLog, [10.5].map((minute) => failed(minute, '198.51.100.2')).join(''));
  bangui = await startBangui({
    socket: fail2ban.socket,
    env: { BANGUI_ALLOWED_LOG_DIRS: fail2ban.dir, BANGUI_FAIL2BAN_CONFIG_DIR: fail2ban.configDir },
  });
  operator = await signIn(bangui.url);
});
afterAll(async () => {
  await bangui.dispose();
  await fail2ban.remove();
});

const jailDraft = (content: string) => ({ kind: 'jail', name: 'sshd.local', content });

async function replayed(body: object) {
  const started = await operator.send('POST', api, { jail: 'sshd', source: { own: true }, ...body });
  expect(started.status, JSON.stringify(started.body)).toBe(202);
  const { run_id: id } = z.object({ run_id: z.string() }).parse(started.body);
  for (;;) {
    const run = readReplay.output.parse((await operator.get(`${api}/${id}`)).body);
    if (run.state !== 'queued' && run.state !== 'running') {
      expect(run.error).toBeNull();
      return run.result;
    }
    await sleep(50);
  }
}

async function filesNow(): Promise<string> {
  const names = (await readdir(fail2ban.configDir, { recursive: true })).toSorted();
  const texts = await Promise.all(
    names
      .filter((name) => /\.(?:conf|local)$/.test(name))
      .map((name) => readFile(join(fail2ban.configDir, name), 'utf8')),
  );
  return [...names, ...texts].join('\n');
}

test('a draft of a jail is replayed over its own logs, rotated ones too, and nothing is written', async () => {
  const before = await filesNow();
  const from = new Date(Date.now() - 7 * 86_400_000).toISOString();
  const more = await replayed({ draft: jailDraft('[sshd]\nmaxretry = 2\n'), from });
  expect(more).toMatchObject({
    lines: 8,
    bans: { now: 1, trial: 2 },
    added: { total: 1, items: [{ ip: '198.51.100.2', lines: 2 }] },
    lost: { total: 0 },
    asked_from: from,
  });
  // the logs reach less far back than was asked
  expect(Math.abs(Date.parse(more?.reaches ?? '') - begin)).toBeLessThan(1000);
  const fewer = await replayed({ draft: jailDraft('[sshd]\nmaxretry = 2\nfindtime = 30s\n') });
  expect(fewer).toMatchObject({ bans: { trial: 0 }, lost: { total: 1, items: [{ ip: '198.51.100.1' }] } });
  expect(await filesNow()).toBe(before);
});

test('an action that is not there keeps nobody from seeing what the limits would do', async () => {
  const draft = jailDraft('[sshd]\nmaxretry = 2\naction = nftables-multiprot\n');
  expect(await replayed({ draft })).toMatchObject({ bans: { now: 1, trial: 2 } });
});

test('a draft of a filter is replayed in a jail that uses it, which may read several logs', async () => {
  const content = '[Definition]\nfailregex = ^Strange hello of <HOST> port \\d+$\n';
  const draft = { kind: 'filter', name: 'sshd.local', content };
  expect(await replayed({ draft })).toMatchObject({
    added: { total: 1, items: [{ ip: '198.51.100.3' }] },
    lost: { total: 1, items: [{ ip: '198.51.100.1' }] },
  });
  const both = await replayed({ jail: 'both', draft });
  expect(both).toMatchObject({ lines: 9, bans: { now: 2, trial: 1 }, lost: { total: 2 } });
});

test('a draft that is what is in force changes nothing; one that switches the jail off bans nobody', async () => {
  const same = await replayed({ draft: jailDraft('# a remark\n[sshd]\nmaxretry = 3\n') });
  expect(same).toMatchObject({ matched: { new: 0, no_more: 0 }, added: { total: 0 }, lost: { total: 0 } });
  const off = await replayed({ draft: jailDraft('[sshd]\nenabled = false\n') });
  expect(off).toMatchObject({ bans: { now: 1, trial: 0 }, lost: { total: 1 } });
  expect(off?.notes.join(' ')).toContain('switches the jail off');
});

test('a jail that only the draft holds bans nobody in force', async () => {
  const content = `[fresh]\nenabled = true\nfilter = sshd\nmaxretry = 2\nlogpath = ${fail2ban.authLog}\n`;
  const draft = { kind: 'jail', name: 'fresh.local', content };
  const run = await replayed({ jail: 'fresh', draft });
  expect(run).toMatchObject({ bans: { now: 0, trial: 2 }, added: { total: 2 } });
  const outside = content.replace(fail2ban.authLog, '/etc/passwd');
  const refused = await operator.send('POST', api, {
    jail: 'fresh',
    draft: { ...draft, content: outside },
    source: { own: true },
  });
  expect(refused).toMatchObject({ status: 422, body: { fields: [{ field: 'body.source' }] } });
});

test('longer bans of those who return are replayed, and a formula that is code is told and not run', async () => {
  const grows = (more: string) =>
    jailDraft(`[sshd]\nmaxretry = 3\nbantime = 1m\nbantime.increment = true\n${more}`);
  const known = await replayed({ draft: grows('bantime.rndtime = 10m\n') });
  expect(known?.notes.join(' ')).toMatch(/before these lines.*Half of bantime.rndtime/);
  const code = await replayed({ draft: grows('bantime.formula = __import__("os").getpid()\n') });
  expect(code?.notes.join(' ')).toContain('holds more than arithmetic');
  const running = await replayed({ jail: 'incr', source: { log_path: fail2ban.authLog } });
  expect(running?.notes.join(' ')).toContain('before these lines');
});

test('what cannot be replayed is refused with the place and a sentence', async () => {
  const source = { own: true };
  const drafts: readonly [object, string][] = [
    [jailDraft('[sshd]\nfindtime = soon\n'), 'findtime'],
    [jailDraft('[sshd]\nbantime = 1 + 1\n'), 'bantime'],
    [jailDraft('[sshd]\nmaxretry = 0\n'), 'maxretry'],
    [jailDraft('[sshd]\nbantime.maxtime = long\n'), 'bantime.maxtime'],
    [jailDraft('maxretry = 2\n'), 'line 1'],
    [jailDraft('[sshd]\nmaxretry = 2\nmaxretry = 3\n'), 'twice'],
    [jailDraft('[sshd]\nfilter = not-there\n'), 'not-there'],
    [jailDraft('[INCLUDES]\nbefore = /etc/passwd\n[sshd]\nmaxretry = 2\n'), 'not in fail2ban'],
    [jailDraft('[sshd]\nfailregex = (\n'), 'refuses an expression'],
    [{ kind: 'jail', name: 'sshd.conf', content: '' }, '.local'],
    [{ kind: 'filter', name: '../jail.local', content: '' }, '.local'],
    [{ kind: 'jail', name: 'x.local', content: '\ud800' }, 'half a character'],
    [{ kind: 'action', name: 'x.local', content: '' }, 'kind'],
    [jailDraft('#'.repeat(512 * 1024 + 1)), 'content'],
  ];
  for (const [draft, word] of drafts) {
    const answer = await operator.send('POST', api, { jail: 'sshd', draft, source });
    expect(answer.status, JSON.stringify(draft).slice(0, 100)).toBe(422);
    expect(JSON.stringify(answer.body)).toContain(word);
  }
  const draft = jailDraft('[sshd]\nmaxretry = 2\n');
  const both = await operator.send('POST', api, { jail: 'sshd', draft, trial: { maxretry: 2 }, source });
  expect(both.status).toBe(422);
  const unknown = await operator.send('POST', api, { jail: 'nope', draft, source });
  expect(unknown.status).toBe(422);
});
