/** Changes of a real fail2ban's configuration, from comparison to the last look. */
import { chmod, chown, readFile, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openChangesScene, type ChangesScene } from '../../../test/changes-scene.ts';
import { until } from '../../../test/bangui.ts';
import type { Journal, OpenChange } from '../../host/config/journal.ts';

const note = (name: string, more = '') => `[Definition]
actionstart = echo ${name}-start >> $DIR/noted
actionstop = echo ${name}-stop >> $DIR/noted
actionban = echo ${name}-ban <ip> >> $DIR/noted
actionunban = echo ${name}-unban <ip> >> $DIR/noted
${more}`;

let scene: ChangesScene;
beforeAll(async () => {
  scene = await openChangesScene({
    files: {
      'action.d/first.conf': note('first'),
      'action.d/second.conf': note('second'),
      'action.d/failing.conf':
        "[Definition]\nactionstart = echo 'no such chain' >&2; false\nactionban = true\n",
    },
  });
}, 60_000);
afterAll(() => scene.close());

const client = (...args: string[]) => scene.fail2ban.client(...args).then((text) => text.trim());
const path = (name: string) => join(scene.fail2ban.configDir, name);
const noted = () => readFile(join(scene.fail2ban.dir, 'noted'), 'utf8').catch(() => '');
const revisions = () =>
  scene.database.db.selectFrom('config_revisions').selectAll().orderBy('id', 'desc').execute();
const pending = () => scene.database.db.selectFrom('config_pending').selectAll().execute();

describe('a good change', () => {
  test('is applied to its jail only, with all steps told, a revision, and bans of others kept', async () => {
    await client('set', 'web', 'banip', '192.0.2.77');
    await client('set', 'manual', 'banip', '192.0.2.78');
    const log = () => readFile(scene.fail2ban.logFile, 'utf8');
    const before = (await log()).length;
    const end = await scene.apply({ 'jail.d/web.local': '[web]\nmaxretry = 8\n' }, { reason: 'too strict' });
    expect(end).toMatchObject({ result: 'applied', jails: ['web'], revision: expect.any(Number) });
    expect(end.steps.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(
      ['compare', 'read', 'rehearse', 'write', 'reload', 'look'].map((name) => `${name} done`),
    );
    expect(scene.told.filter(({ outcome }) => outcome === 'running')).toHaveLength(6);
    expect(await client('get', 'web', 'maxretry')).toBe('8');
    expect([await client('get', 'web', 'banip'), await client('get', 'manual', 'banip')]).toEqual([
      '192.0.2.77',
      '192.0.2.78',
    ]);
    expect((await log()).slice(before).match(/Reload jail '[^']*'|Unban/g)).toEqual(["Reload jail 'web'"]);
    expect((await revisions())[0]).toMatchObject({ actor: 'admin', reason: 'too strict', result: 'applied' });
    expect(await pending()).toEqual([]);
  });

  test('that is there already is unchanged, and no revision', async () => {
    const count = (await revisions()).length;
    const end = await scene.apply({ 'jail.d/web.local': '[web]\nmaxretry = 8\n' });
    expect([end.result, end.revision, (await revisions()).length]).toEqual(['unchanged', null, count]);
  });

  test('keeps owner and mode, also through deletion and back', async () => {
    await writeFile(path('jail.d/mine.local'), '# mine\n');
    await chmod(path('jail.d/mine.local'), 0o640);
    await chown(path('jail.d/mine.local'), 33, 34);
    await scene.apply({ 'jail.d/mine.local': '# ours\n' });
    expect((await scene.contents())['jail.d/mine.local']).toBe(`${0o100640} 33 34 # ours\n`);
    expect((await scene.apply({ 'jail.d/mine.local': null })).result).toBe('applied');
    expect(Object.keys(await scene.contents())).not.toContain('jail.d/mine.local');
  });

  test('starts a new jail, and stops one that goes', async () => {
    const jail = '[fresh]\nenabled = true\nfilter = never\nlogpath = $DIR/web.log\n';
    expect(await scene.apply({ 'jail.d/fresh.local': jail })).toMatchObject({
      result: 'applied',
      jails: ['fresh'],
    });
    expect(await scene.jails()).toBe('fresh, incr, manual, sshd, web');
    expect(await scene.apply({ 'jail.d/fresh.local': null })).toMatchObject({
      result: 'applied',
      jails: ['fresh'],
    });
    expect(await scene.jails()).toBe('incr, manual, sshd, web');
  });

  test('of many jails leaves one alone that was stopped by hand', async () => {
    await client('stop', 'manual');
    expect(await scene.apply({ 'jail.d/all.local': '[DEFAULT]\nfindtime = 20m\n' })).toMatchObject({
      result: 'applied',
      jails: expect.arrayContaining(['sshd', 'web', 'incr']),
    });
    expect(await scene.jails()).toBe('incr, sshd, web');
    await client('reload', '--if-exists', 'manual');
    await scene.apply({ 'jail.d/all.local': null });
    expect(await client('get', 'sshd', 'findtime')).toBe('600');
  });

  test('of an action leaves no jail without one: bans move to the new action', async () => {
    await scene.apply({ 'jail.d/action.local': '[web]\naction = first\n' });
    await client('set', 'web', 'banip', '192.0.2.99');
    await scene.apply({ 'jail.d/action.local': '[web]\naction = second\n' });
    expect(await client('get', 'web', 'actions')).toContain('second');
    await until('the ban is the new action’s', async () => (await noted()).includes('second-ban 192.0.2.99'));
    expect(await noted()).toMatch(/first-unban 192\.0\.2\.99[^]*first-stop[^]*second-start[^]*second-ban/);
    expect((await scene.apply({ 'jail.d/action.local': null })).result).toBe('applied');
  });
});

describe('a change that goes wrong', () => {
  test('an action whose start fails is put back, and the place of its start is named', async () => {
    const before = await scene.contents();
    const end = await scene.apply({ 'jail.d/z.local': '[sshd]\naction = failing\n' });
    expect(end).toMatchObject({
      result: 'put_back',
      findings: [
        {
          code: 'action-start-failed',
          jail: 'sshd',
          option: 'actionstart',
          file: 'action.d/failing.conf',
          line: 2,
          message: expect.stringContaining('no such chain'),
        },
      ],
    });
    expect(end.steps.at(-1)).toMatchObject({ name: 'put_back', outcome: 'done' });
    expect(await scene.contents()).toEqual(before);
    expect(await client('get', 'sshd', 'actions')).not.toContain('failing');
    expect(await scene.jails()).toBe('incr, manual, sshd, web');
  });

  test('a new jail whose action fails is taken away again', async () => {
    const jail = '[fresh]\nenabled = true\nfilter = never\nlogpath = $DIR/web.log\naction = failing\n';
    expect((await scene.apply({ 'jail.d/fresh.local': jail })).result).toBe('put_back');
    expect(await scene.jails()).toBe('incr, manual, sshd, web');
  });

  test('fail2ban killed before the reload: the files are the old ones, and it starts as before', async () => {
    const before = await scene.contents();
    const dying = scene.open({ wrap: atStep('reload', () => scene.fail2ban.kill()) });
    const end = await dying.apply(await request({ 'jail.d/web.local': '[web]\nmaxretry = 6\n' }), () => {});
    expect(end.result).toBe('put_back');
    expect(await scene.contents()).toEqual(before);
    await scene.fail2ban.start();
    expect(await client('get', 'web', 'maxretry')).toBe('8');
  });

  test('fail2ban killed while a change is put back: the files are the old ones, and it starts as before', async () => {
    const before = await scene.contents();
    const dying = scene.open({ wrap: atStep('put_back', () => scene.fail2ban.kill()) });
    const files = { 'jail.d/z.local': '[sshd]\naction = failing\n' };
    const end = await dying.apply(await request(files), () => {});
    expect(scene.fail2ban.pid).toBe(-1);
    expect(['put_back', 'broken']).toContain(end.result);
    expect(await scene.contents()).toEqual(before);
    await scene.fail2ban.start();
    expect(await scene.jails()).toBe('incr, manual, sshd, web');
    expect(await client('get', 'sshd', 'actions')).not.toContain('failing');
  });

  test.each(['compare', 'rehearse', 'write', 'look'] as const)(
    'fail2ban killed at %s ends in a good state',
    async (step) => {
      const before = (await scene.contents())['jail.d/web.local'];
      const dying = scene.open({ wrap: atStep(step, () => scene.fail2ban.kill()) });
      const end = await dying.apply(await request({ 'jail.d/web.local': '[web]\nmaxretry = 6\n' }), () => {});
      expect(scene.fail2ban.pid).toBe(-1);
      await scene.fail2ban.start();
      const applied = end.result === 'applied';
      expect([end.result, await client('get', 'web', 'maxretry')]).toEqual([
        applied ? 'applied' : 'put_back',
        applied ? '6' : '8',
      ]);
      expect((await scene.contents())['jail.d/web.local'] === before).toBe(!applied);
      expect(await scene.jails()).toBe('incr, manual, sshd, web');
      await scene.apply({ 'jail.d/web.local': '[web]\nmaxretry = 8\n' });
    },
  );
});

describe('a process that ends in the middle', () => {
  const good = { 'jail.d/web.local': '[web]\nmaxretry = 6\n', 'jail.d/more.local': '[web]\nfindtime = 33\n' };

  test.each([
    ['compare', 'no trace'],
    ['rehearse', 'undone'],
    ['write', 'undone'],
    ['reload', 'finished'],
    ['look', 'finished'],
  ] as const)('at %s: the next one leaves it %s', async (step, expected) => {
    const before = await scene.contents();
    const dying = scene.open({ wrap: atStep(step, () => new Promise(() => {})) });
    void dying.apply(await request(good), () => {});
    await until('it is there', async () => (await pending())[0]?.state.includes(`"${step}"`) === true);
    await expect(scene.apply({ 'jail.d/web.local': '# other\n' })).rejects.toMatchObject({
      status: 409,
      code: 'config_change_under_way',
    });
    await scene.open({ aheadMs: 61_000 }).recover();
    expect(await pending()).toEqual([]);
    const finished = expected === 'finished';
    if (expected !== 'no trace') expect((await revisions())[0]?.result).toBe(expected);
    expect(await client('get', 'web', 'findtime')).toBe(finished ? '33' : '600');
    if (!finished) expect(await scene.contents()).toEqual(before);
    expect(await scene.jails()).toBe('incr, manual, sshd, web');
    await scene.apply({ 'jail.d/web.local': '[web]\nmaxretry = 8\n', 'jail.d/more.local': null });
  });

  test('between two files: the one that was written is put back', async () => {
    const before = await scene.contents();
    const dying = scene.open({ wrap: atStep('write', () => new Promise(() => {})) });
    void dying.apply(await request(good), () => {});
    await until('it is there', async () => (await pending())[0]?.state.includes('"write"') === true);
    await writeFile(path('jail.d/web.local'), good['jail.d/web.local']);
    await writeFile(path('jail.d/.more.local.bangui-draft'), 'half');
    await scene.open({ aheadMs: 61_000 }).recover();
    expect((await revisions())[0]?.result).toBe('undone');
    expect(await scene.contents()).toEqual(before);
  });

  test('new files that nobody can run with are put back', async () => {
    const before = await scene.contents();
    const dying = scene.open({ wrap: atStep('reload', () => new Promise(() => {})) });
    void dying.apply(await request({ 'jail.d/z.local': '[sshd]\naction = failing\n' }), () => {});
    await until('it is there', async () => (await pending())[0]?.state.includes('"reload"') === true);
    await scene.open({ aheadMs: 61_000 }).recover();
    expect((await revisions())[0]?.result).toBe('undone');
    expect(await scene.contents()).toEqual(before);
    expect(await client('get', 'sshd', 'actions')).not.toContain('failing');
  });

  test('it wakes up again after its change was taken over: it writes nothing more', async () => {
    let wake = (): void => {};
    const sleeping = scene.open({ wrap: atStep('write', () => new Promise<void>((go) => (wake = go))) });
    const outcome = sleeping.apply(await request(good), () => {}).catch((error: unknown) => error);
    await until('it is there', async () => (await pending())[0]?.state.includes('"write"') === true);
    const before = await scene.contents();
    await scene.open({ aheadMs: 61_000 }).recover();
    wake();
    expect(await outcome).toMatchObject({ code: 'config_change_taken' });
    expect(await scene.contents()).toEqual(before);
  });

  test('asked to stop while it rehearses, nothing is changed; while it reloads, the change is ended first', async () => {
    const before = await scene.contents();
    const early = scene.open({ wrap: atStep('rehearse', () => void early.close()) });
    await expect(early.apply(await request(good), () => {})).rejects.toMatchObject({ code: 'shutting_down' });
    expect([await scene.contents(), await pending()]).toEqual([before, []]);
    let closed: Promise<void> = Promise.resolve();
    const late = scene.open({ wrap: atStep('reload', () => void (closed = late.close())) });
    expect((await late.apply(await request(good), () => {})).result).toBe('applied');
    await closed;
    await scene.apply({ 'jail.d/web.local': '[web]\nmaxretry = 8\n', 'jail.d/more.local': null });
  });
});

describe('what is never written', () => {
  test('a file that somebody else has changed since', async () => {
    const files = await scene.files({ 'jail.d/web.local': '[web]\nmaxretry = 7\n' });
    await writeFile(path('jail.d/web.local'), '[web]\nmaxretry = 8\n# by hand\n');
    const end = await scene.apply({}, { files });
    expect([end.result, end.revision]).toEqual(['stale', null]);
    expect(await readFile(path('jail.d/web.local'), 'utf8')).toContain('by hand');
    expect((await revisions())[0]).toMatchObject({ action: 'outside', result: 'applied' });
  });

  test('nor one that is changed by hand while the change is tried', async () => {
    const byHand = () => writeFile(path('jail.d/web.local'), '[web]\nmaxretry = 8\n# at night\n');
    const changes = scene.open({ wrap: atStep('rehearse', byHand) });
    const end = await changes.apply(await request({ 'jail.d/web.local': '[web]\nmaxretry = 7\n' }), () => {});
    expect([end.result, await pending()]).toEqual(['stale', []]);
    expect(await readFile(path('jail.d/web.local'), 'utf8')).toContain('at night');
    expect(await client('get', 'web', 'maxretry')).toBe('8');
  });

  test('through links, half characters, and more than 512 KiB', async () => {
    await writeFile(join(scene.fail2ban.dir, 'outside.local'), 'secret');
    await symlink(join(scene.fail2ban.dir, 'outside.local'), path('jail.d/link.local'));
    try {
      const files = await scene.files({}).then(() => [
        {
          file: { kind: 'jail' as const, name: 'link.local', path: 'jail.d/link.local', local: true },
          before: null,
          content: 'x',
        },
      ]);
      await expect(scene.apply({}, { files })).rejects.toMatchObject({ status: 422 });
      expect(await readFile(join(scene.fail2ban.dir, 'outside.local'), 'utf8')).toBe('secret');
    } finally {
      await unlink(path('jail.d/link.local'));
    }
    await expect(scene.apply({ 'jail.d/large.local': '#'.repeat(512 * 1024 + 1) })).rejects.toMatchObject({
      status: 422,
    });
    await expect(scene.apply({ 'jail.d/half.local': '# \ud800' })).rejects.toMatchObject({ status: 422 });
    expect(await pending()).toEqual([]);
  });

  test('code without the password, or where that is switched off', async () => {
    const files = { 'jail.d/c.local': '[web]\naction = first\n' };
    await expect(scene.apply(files, { allowCommands: false })).rejects.toMatchObject({
      status: 403,
      code: 'confirmation_required',
      extra: { commands: [{ line: 2, section: 'web', option: 'action', file: 'jail.d/c.local' }] },
    });
    const strict = scene.open({ commandsAllowed: false });
    await expect(strict.apply(await request(files), () => {})).rejects.toMatchObject({
      code: 'commands_not_allowed',
    });
    expect(await pending()).toEqual([]);
  });
});

async function request(files: Record<string, string | null>) {
  return {
    files: await scene.files(files),
    actor: 'admin',
    action: 'write' as const,
    reason: null,
    allowCommands: true,
  };
}

/** Something happens right after this step was noted. */
function atStep(step: string, happens: () => Promise<void> | void): (journal: Journal) => Journal {
  const watch = (open: OpenChange): OpenChange => ({
    ...open,
    async step(name, plan) {
      await open.step(name, plan);
      if (name === step) await happens();
    },
    async record(files) {
      if (step === 'compare') await happens();
      return await open.record(files);
    },
  });
  return (journal) => ({ ...journal, begin: async (author) => watch(await journal.begin(author)) });
}
