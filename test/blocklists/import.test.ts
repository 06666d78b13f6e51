/** Lists from their URL into the kernel of a real fail2ban's machine, over HTTP, and out of it again. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../bangui.ts';
import { password } from '../operator.ts';
import { lines, text } from './list-server.ts';
import { listsBangui, type ListsBangui } from './lists-bangui.ts';

const lists = '/api/v1/blocklists';
let scene: ListsBangui;
let source: number;

describe('lists', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    scene = await listsBangui();
  }, 60_000);
  afterAll(() => scene.close());

  test('nothing is imported before something can enforce it, and nothing is installed without the password', async () => {
    source = await scene.addSource();
    const { operator } = scene;
    expect(await operator.send('POST', `${lists}/import`, { id: source })).toMatchObject({
      status: 409,
      body: { code: 'blocklist_enforcement_absent' },
    });
    expect(await operator.send('POST', `${lists}/enforcement`, { password: 'a guess' })).toMatchObject({
      status: 403,
      body: { code: 'wrong_password' },
    });
    expect(await operator.get(`${lists}/enforcement`)).toMatchObject({ body: { state: 'absent' } });
    await scene.install();
    await until('it is installed', async () => {
      const { body } = await operator.get(`${lists}/enforcement`);
      return JSON.stringify(body).includes('"state":"installed","method":"ipset","chains":["INPUT"]');
    });
  });

  test('a list that is on is fetched soon, and its entries are in the kernel', async () => {
    scene.server.serve(text(lines(1_000), { etag: '"1"' }));
    await scene.operator.send('PUT', `${lists}/${source}`, { enabled: true });
    await until('the kernel holds it', async () => (await scene.inKernel()) === 1_000);
    await until('the run has ended', async () => (await scene.runs())[0]?.state === 'completed');
    expect(await scene.operator.get(`${lists}/${source}`)).toMatchObject({
      body: { entries: 1_000, last_run: { state: 'completed', counts: { enforced: 1_000 } } },
    });
    expect(await scene.operator.get(lists)).toMatchObject({
      body: { total: 1, in_force: { v4_entries: 1_000, v4_addresses: 1_000, v6_entries: 0 } },
    });
    expect(await scene.operator.get(`${lists}/enforcement`)).toMatchObject({
      body: { state: 'installed', entries_v4: 1_000, behind: false },
    });
  });

  test('unchanged is said, and nothing is loaded', async () => {
    expect(await scene.ended(await scene.begin(source))).toMatchObject({ state: 'unchanged' });
  });

  test('an uploaded file is read as well, packed or not, and no larger than allowed', async () => {
    const id = await scene.addSource({ name: 'Terns', url: null, enabled: true });
    const put = (body: string, type = 'application/octet-stream') =>
      fetch(`${scene.bangui.url}${lists}/${id}/file`, {
        method: 'PUT',
        headers: { cookie: scene.operator.cookie, 'content-type': type, 'x-bangui-request': '1' },
        body,
      });
    expect((await put('[]', 'application/json')).status).toBe(415);
    expect((await put(lines(10, 5_000))).status).toBe(202);
    await until('the kernel holds both', async () => (await scene.inKernel()) === 1_010);
    expect((await scene.operator.send('DELETE', `${lists}/${id}`, undefined)).status).toBe(204);
    await until('its entries left the kernel', async () => (await scene.inKernel()) === 1_000);
  });

  test('an address on the allow-list leaves the kernel within seconds', async () => {
    await scene.operator.send('POST', `${lists}/allowed`, { entry: '20.0.0.1', reason: 'office' });
    await until('it is out', async () => (await scene.inKernel()) === 999);
  });

  test('a preview shows how a list is understood before anything of it is taken', async () => {
    scene.server.serve(text('seen,ip\ntoday,20.1.0.1\ntoday,10.0.0.1\ntoday,nonsense\n'));
    const id = await scene.addSource({ name: 'Owls', url: `${scene.server.url}?owls` });
    expect(await scene.operator.get(`${lists}/${id}/preview`)).toMatchObject({
      status: 200,
      body: {
        format: { kind: 'csv' },
        columns: ['seen', 'ip'],
        lines: [
          { entry: '20.1.0.1', refusal: null },
          { entry: '10.0.0.1', refusal: 'reserved' },
          { entry: null, refusal: 'not_an_address' },
        ],
        fetched: true,
      },
    });
  });

  test('fail2ban restarted comes up with the sets it had', async () => {
    await scene.fail2ban.stop();
    await scene.fail2ban.start();
    await until('they are back', async () => (await scene.inKernel()) === 999);
  });

  test('switched off, nothing is in force; removed, no set and no rule is left', async () => {
    await scene.operator.send('PUT', `${lists}/${source}`, { enabled: false });
    await until('the set is empty', async () => (await scene.inKernel()) === 0);
    expect(await scene.operator.send('DELETE', `${lists}/enforcement`, { password })).toMatchObject({
      status: 200,
      body: { state: 'absent' },
    });
    expect(await scene.space.run('ipset', 'list', '-n')).toBe('');
    expect(await scene.space.run('iptables', '-S')).not.toContain('bangui');
  });
});
