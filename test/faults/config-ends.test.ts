/** Changes of the configuration over HTTP, and BanGUI killed in the middle of one. */
import { existsSync } from 'node:fs';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startBangui, until, type RunningBangui } from '../bangui.ts';
import { startFail2ban, type RealFail2ban } from '../fail2ban/real-fail2ban.ts';
import { operator as operatorWith, password, signIn, type Operator } from '../operator.ts';

const web = '/api/v1/config/files/jail/web.local';
const body = z.looseObject({});
const revision = z.looseObject({ id: z.number(), result: z.string() });

let fail2ban: RealFail2ban;
let bangui: RunningBangui;
let operator: Operator;
const inDir = (name: string): string => join(fail2ban.dir, name);

beforeAll(async () => {
  fail2ban = await startFail2ban({
    files: { 'action.d/failing.conf': '[Definition]\nactionstart = false\nactionban = true\n' },
  });
  // Each waits while its file `hold-…` is there; the client counts its calls.
  const hold = (name: string): string =>
    `echo $$ > ${inDir('held.pid')}; while [ -e ${inDir(`hold-${name}`)} ]; do sleep 0.02; done; rm ${inDir('held.pid')}`;
  const program = async (name: string, text: string): Promise<void> => {
    await writeFile(inDir(name), text);
    await chmod(inDir(name), 0o755);
  };
  await program('python-held', `#!/bin/sh\n${hold('rehearse')}\nexec /usr/bin/python3 "$@"\n`);
  await program('server', `#!${inDir('python-held')}\n`);
  const count = `n=$(($(cat ${inDir('count')}) + 1)); echo $n > ${inDir('count')}`;
  await program('client', `#!/bin/sh\n${count}\n${hold('$n')}\nexec /usr/bin/fail2ban-client "$@"\n`);
  await writeFile(inDir('count'), '0');
  bangui = await startBangui({
    socket: fail2ban.socket,
    env: {
      BANGUI_FAIL2BAN_CONFIG_DIR: fail2ban.configDir,
      BANGUI_FAIL2BAN_CLIENT: inDir('client'),
      BANGUI_FAIL2BAN_SERVER: inDir('server'),
      BANGUI_ALLOWED_LOG_DIRS: fail2ban.dir,
    },
  });
  operator = await signIn(bangui.url);
}, 60_000);
afterAll(async () => {
  await bangui.dispose();
  await fail2ban.remove();
});

async function send(
  method: 'PUT' | 'DELETE' | 'POST',
  path: string,
  given: unknown,
  headers: Record<string, string> = {},
) {
  const answer = await fetch(bangui.url + path, {
    method,
    headers: {
      cookie: operator.cookie,
      'content-type': 'application/json',
      'x-bangui-request': '1',
      ...headers,
    },
    body: JSON.stringify(given),
  });
  return { status: answer.status, etag: answer.headers.get('etag'), body: body.parse(await answer.json()) };
}
const put = (content: string, headers: Record<string, string>, path = web) =>
  send('PUT', path, { content }, headers);
const fresh = { 'if-none-match': '*' };
const match = (etag: string | null) => ({ 'if-match': etag ?? '' });
const newest = async () =>
  z.object({ items: z.array(revision) }).parse((await operator.get('/api/v1/config/revisions')).body)
    .items[0];
const setting = async (name: string) => (await fail2ban.client('get', 'web', name)).trim();
const jails = async () => /Jail list:\s*(.*)/.exec(await fail2ban.client('status'))?.[1];
const all = 'incr, manual, sshd, web';

describe('over HTTP', { timeout: 60_000 }, () => {
  test('a change says which version it begins with, and two operators do not lose each other’s work', async () => {
    expect((await put('[web]\nmaxretry = 4\n', {})).status).toBe(428);
    const made = await put('[web]\nmaxretry = 4\n', fresh);
    expect(made).toMatchObject({ status: 200, body: { result: 'applied', jails: ['web'], etag: made.etag } });
    expect((await put('[web]\nmaxretry = 5\n', fresh)).status).toBe(412);
    const first = await put('[web]\nmaxretry = 5\n', match(made.etag));
    expect(first.status).toBe(200);
    const second = await put('[web]\nmaxretry = 6\n', match(made.etag));
    expect(second).toMatchObject({
      status: 412,
      body: {
        code: 'config_stale',
        current: { etag: first.etag, content: '[web]\nmaxretry = 5\n', path: 'jail.d/web.local' },
      },
    });
    expect(await setting('maxretry')).toBe('5');
  });

  test('what the rehearsal refuses is told with steps and findings, and nothing is changed', async () => {
    const current = await put('[web]\nmaxretry = 4\n', { 'if-match': '"x"' });
    const etag = z.looseObject({ etag: z.string() }).parse(current.body['current']).etag;
    const answer = await put('[web]\nmaxretry = 5 # five\n', match(etag));
    expect(answer).toMatchObject({
      status: 422,
      body: {
        code: 'config_refused',
        steps: expect.arrayContaining([expect.objectContaining({ name: 'rehearse', outcome: 'failed' })]),
        findings: [
          { code: 'not-a-number', jail: 'web', option: 'maxretry', file: 'jail.d/web.local', line: 2 },
        ],
      },
    });
    expect(await newest()).toMatchObject({ result: 'refused', actor: 'admin' });
    const tried = await send('POST', `${web}/validate`, {
      content: '[web]\nmaxretry = 9\naction = to-file\n',
    });
    expect(tried.body).toMatchObject({
      ok: true,
      reloads: ['web'],
      commands: [{ line: 3, option: 'action' }],
    });
    expect(await setting('maxretry')).toBe('5');
  });

  test.each([
    ['jail', '..%2F..%2Fetc%2Fcron.d%2Fx.local'],
    ['jail', '..local'],
    ['jail', 'x..local'],
    ['jail', 'x%00.local'],
    ['jail', 'ѕѕhd.local'],
    ['jail', 'x.conf'],
    ['jail', 'x'],
    ['jail', `${'x'.repeat(250)}.local`],
    ['action', 'x.py'],
    ['server', '.local'],
    ['nothing', 'x.local'],
  ])('the name %s/%s is refused', async (kind, name) => {
    const { status } = await put('[web]\n', fresh, `/api/v1/config/files/${kind}/${name}`);
    expect(status).toBe(422);
  });

  test('too much is refused', async () => {
    const path = '/api/v1/config/files/jail/large.local';
    expect((await put(`#${'x'.repeat(512 * 1024)}`, fresh, path)).status).toBe(422);
    expect((await put(`#${'ü'.repeat(256 * 1024)}`, fresh, path)).status).toBe(422);
    expect((await put(`#${'x'.repeat(1100 * 1024)}`, fresh, path)).status).toBe(413);
  });

  test('what runs code needs the password again, in this session', async () => {
    const path = '/api/v1/config/files/jail/code.local';
    const edit = '[web]\naction = to-file\n';
    expect(await put(edit, fresh, path)).toMatchObject({
      status: 403,
      body: { code: 'confirmation_required', commands: [{ option: 'action', line: 2 }] },
    });
    const wrong = await send('POST', '/api/v1/auth/confirm', { password: 'not this one' });
    expect(wrong).toMatchObject({ status: 403, body: { code: 'wrong_password' } });
    const confirmed = await operator.send('POST', '/api/v1/auth/confirm', { password });
    expect(confirmed.status).toBe(204);
    expect((await put(edit, fresh, path)).status).toBe(200);
    const other = await signIn(bangui.url);
    const answer = await fetch(`${bangui.url}/api/v1/config/files/jail/code2.local`, {
      method: 'PUT',
      headers: {
        cookie: other.cookie,
        'content-type': 'application/json',
        'x-bangui-request': '1',
        ...fresh,
      },
      body: JSON.stringify({ content: edit }),
    });
    expect(answer.status).toBe(403);
    expect(
      (await operatorWith(bangui.url, '').send('POST', '/api/v1/auth/confirm', { password })).status,
    ).toBe(401);
  });

  test('revisions tell who, why and what, and one is brought back by the same steps', async () => {
    const list = z
      .object({ items: z.array(revision), next_cursor: z.string().nullable() })
      .parse((await operator.get('/api/v1/config/revisions?path=jail.d/web.local&page_size=1')).body);
    expect(list.items).toHaveLength(1);
    expect(list.next_cursor).not.toBeNull();
    const made = z
      .object({ items: z.array(revision) })
      .parse((await operator.get('/api/v1/config/revisions?path=jail.d/web.local')).body).items;
    const oldest = made.at(-1)?.id ?? 0;
    const detail = body.parse((await operator.get(`/api/v1/config/revisions/${oldest}`)).body);
    expect(detail).toMatchObject({
      actor: 'admin',
      action: 'write',
      diff: '--- /dev/null\n+++ b/jail.d/web.local\n@@ -0,0 +1,2 @@\n+[web]\n+maxretry = 4\n',
      files: [{ path: 'jail.d/web.local', added: 2, removed: 0 }],
      steps: expect.arrayContaining([expect.objectContaining({ name: 'look', outcome: 'done' })]),
    });
    const restored = await send('POST', `/api/v1/config/revisions/${oldest}/restore`, {
      reason: 'was better',
    });
    expect(restored).toMatchObject({ status: 200, body: { result: 'applied' } });
    expect(await setting('maxretry')).toBe('4');
    expect(await newest()).toMatchObject({ action: 'restore', restores: oldest, reason: 'was better' });
    const undone = await send('POST', `/api/v1/config/revisions/${oldest}/restore`, { before: true });
    expect(undone.status).toBe(200);
    expect(existsSync(join(fail2ban.configDir, 'jail.d/web.local'))).toBe(false);
    expect(await setting('maxretry')).toBe('3');
    expect((await operator.get('/api/v1/config/revisions/999999')).status).toBe(404);
    expect((await operator.get('/api/v1/config/revisions?cursor=x')).status).toBe(422);
  });

  test('a file of ours is deleted once', async () => {
    const made = await put('# nothing\n', fresh, '/api/v1/config/files/jail/gone.local');
    const path = '/api/v1/config/files/jail/gone.local';
    expect((await send('DELETE', path, {}, match(made.etag))).body).toMatchObject({
      result: 'applied',
      etag: null,
    });
    expect((await send('DELETE', path, {}, match(made.etag))).status).toBe(404);
  });
});

describe('kill -9', { timeout: 120_000 }, () => {
  const good = '[web]\nmaxretry = 6\n';
  const bad = '[web]\nmaxretry = 6\naction = failing\n';

  test.each([
    ['rehearse', 'hold-rehearse', good, ['undone']],
    ['reload', 'hold-1', good, ['finished']],
    ['look', null, good, ['finished']],
    ['put_back', 'hold-2', bad, ['undone']],
  ] as const)('at %s: the next start ends in a good state', async (step, held, content, results) => {
    await operator.send('POST', '/api/v1/auth/confirm', { password });
    await writeFile(inDir('count'), '0');
    if (held !== null) await writeFile(inDir(held), '');
    const before = await setting('maxretry');
    const reached = await hear(step);
    const pending = put(content, fresh).catch(() => null);
    await reached.begun;
    if (held !== null) await until('it is held', () => existsSync(inDir('held.pid')));
    await bangui.kill();
    await pending;
    if (held !== null) {
      process.kill(Number(await readFile(inDir('held.pid'), 'utf8')), 'SIGKILL');
      await rm(inDir(held));
      await rm(inDir('held.pid'), { force: true });
    }
    bangui = await bangui.restart();
    operator = await signIn(bangui.url);
    const end = await newest();
    expect(results).toContain(end?.result);
    expect(await jails()).toBe(all);
    const isNew = end?.result === 'finished';
    expect(existsSync(join(fail2ban.configDir, 'jail.d/web.local'))).toBe(isNew);
    expect(await setting('maxretry')).toBe(isNew ? '6' : before);
    expect(await fail2ban.client('get', 'web', 'actions')).not.toContain('failing');
    const restored = await send('POST', `/api/v1/config/revisions/${end?.id ?? 0}/restore`, { before: true });
    expect(['applied', 'unchanged']).toContain(restored.body['result']);
  });
});

/** Listens as a page does; `begun` resolves when it hears that this step has begun. */
async function hear(step: string): Promise<{ begun: Promise<void> }> {
  const answer = await fetch(`${bangui.url}/api/v1/live`, { headers: { cookie: operator.cookie } });
  const reader = answer.body?.getReader() ?? expect.fail();
  const listen = async (): Promise<void> => {
    let text = '';
    while (!text.includes(`"step":"${step}","outcome":"running"`)) {
      const { value, done } = await reader.read();
      if (done) return;
      text += new TextDecoder().decode(value);
    }
    await reader.cancel();
  };
  return { begun: listen() };
}
