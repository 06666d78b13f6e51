/** Changing the session secret logs nobody out, and afterwards the old one opens nothing. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort, startBangui, type RunningBangui } from '../bangui.ts';
import { operator, signIn } from '../operator.ts';

const secretA = 'the first secret, which is 32 or longer';
const secretB = 'the second secret, which is also long';

let dir = '';
let port = 0;
let running: RunningBangui | null = null;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bangui-secrets-'));
  port = await freePort();
});
afterEach(async () => {
  await running?.dispose();
  await rm(dir, { recursive: true, force: true });
});

async function start(env: Record<string, string>): Promise<RunningBangui> {
  await running?.stop();
  running = await startBangui({ socket: join(dir, 'none.sock'), dir, port, env });
  return running;
}
const stands = async (cookie: string): Promise<boolean> =>
  (await operator(`http://127.0.0.1:${port}`, cookie).get('/api/v1/auth/session')).status === 200;

test('the previous secret is accepted, new sign-ins use the new one, and neither is in the log', async () => {
  const first = await start({ BANGUI_SESSION_SECRET: secretA });
  const { cookie: before } = await signIn(first.url);

  const file = join(dir, 'previous');
  await writeFile(file, `${secretA}\n`, { mode: 0o600 });
  const rotated = await start({ BANGUI_SESSION_SECRET: secretB, BANGUI_SESSION_SECRET_PREVIOUS_FILE: file });
  expect(await stands(before)).toBe(true);
  const { cookie: after } = await signIn(rotated.url);
  expect(JSON.stringify([...first.lines, ...rotated.lines])).not.toMatch(/first secret|second secret/);

  await start({ BANGUI_SESSION_SECRET: secretB });
  expect([await stands(after), await stands(before)]).toEqual([true, false]);
  await start({ BANGUI_SESSION_SECRET: secretA });
  expect([await stands(after), await stands(before)]).toEqual([false, true]);
});

test('from the kept secret to a configured one works the same way', async () => {
  const kept = join(dir, 'session-secret');
  await writeFile(kept, `${secretA}\n`, { mode: 0o600 });
  const env = { BANGUI_SESSION_SECRET: secretA };
  const { cookie } = await signIn((await start(env)).url);
  await start({ BANGUI_SESSION_SECRET: secretB, BANGUI_SESSION_SECRET_PREVIOUS_FILE: kept });
  expect(await stands(cookie)).toBe(true);
});
