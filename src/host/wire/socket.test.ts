import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connectionsTo } from '../../../test/fail2ban/connections.ts';
import { startFail2ban, type RealFail2ban } from '../../../test/fail2ban/real-fail2ban.ts';
import { scriptedPeer, type Script, type ScriptedPeer } from '../../../test/fail2ban/scripted-peer.ts';
import { encodePickle, type Picklable } from './pickle-encode.ts';
import { createDaemonSocket, type DaemonSocket } from './socket.ts';
import { DaemonError, WireError } from './wire-error.ts';

const end = '<F2B_END_COMMAND>';
const reply = (value: Picklable): Buffer => Buffer.concat([encodePickle([0, value]), Buffer.from(end)]);
const fault = async (sent: Promise<unknown>): Promise<WireError> => {
  const error: unknown = await sent.then(
    (value) => expect.unreachable(`answered ${String(value)}`),
    (caught: unknown) => caught,
  );
  return error instanceof WireError ? error : expect.unreachable(`not a WireError: ${String(error)}`);
};

describe('a scripted peer', () => {
  let peer: ScriptedPeer | null = null;
  let socket: DaemonSocket | null = null;
  const speakWith = async (script: Script): Promise<DaemonSocket> => {
    peer = await scriptedPeer(script);
    return (socket = createDaemonSocket({ path: peer.path }));
  };
  afterEach(async () => {
    socket?.close();
    await peer?.close();
  });

  test('a reply cut at every byte, inside the marker too, is read whole', async () => {
    const whole = reply(['status', 'of', 7]);
    const line = await speakWith((to, number) => {
      to.setNoDelay(true);
      to.write(whole.subarray(0, number));
      setTimeout(() => to.write(whole.subarray(number)), 4);
    });
    for (let cut = 0; cut < whole.length; cut++) expect(await line.send(['x'])).toEqual(['status', 'of', 7]);
    expect(peer?.opened()).toBe(1);
  });

  test('a reply sent byte by byte is read whole', async () => {
    const whole = reply('pong');
    const line = await speakWith((to) => {
      void (async () => {
        for (const byte of whole) {
          to.write(Buffer.of(byte));
          await sleep(1);
        }
      })();
    });
    expect(await line.send(['ping'])).toBe('pong');
  });

  test('a marker inside a reply does not end it', async () => {
    const line = await speakWith((to) => to.write(reply([`a${end}b`])));
    expect(await line.send(['x'])).toEqual([`a${end}b`]);
  });

  test('commands go out one at a time, in their order, the urgent ones first', async () => {
    const line = await speakWith((to, number) => setTimeout(() => to.write(reply(number)), 20));
    const sent = ['first', 'second', 'third'].map((word) => line.send([word]));
    const urgent = ['ping', 'pong'].map((word) => line.send([word], { priority: true }));
    await sleep(10);
    expect(peer?.requests.length).toBe(1);
    expect(await Promise.all([...sent, ...urgent])).toEqual([0, 3, 4, 1, 2]);
    expect(peer?.requests.map((request) => /first|second|third|ping|pong/.exec(request)?.[0])).toEqual([
      'first',
      'ping',
      'pong',
      'second',
      'third',
    ]);
    expect(line.inspect()).toEqual({ open: 1, opened: 1, waiting: 0 });
  });

  test('silence is unresponsive at the deadline, and a late answer is never taken for the next', async () => {
    const line = await speakWith(
      (to, number) => void setTimeout(() => to.write(reply(number)), number === 0 ? 250 : 0),
    );
    const began = performance.now();
    expect((await fault(line.send(['slow'], { deadlineMs: 150 }))).state).toBe('unresponsive');
    expect(performance.now() - began).toBeLessThan(600);
    await expect.poll(() => line.inspect().open).toBe(0);
    await sleep(50);
    expect(await line.send(['ping'], { probe: true })).toBe(1);
    await sleep(150);
    expect(await line.send(['next'])).toBe(2);
  });

  test('while it hangs, callers fail at once and only the probe goes out', async () => {
    let mute = true;
    const line = await speakWith((to, number) => void (mute || to.write(reply(number))));
    const queued = [line.send(['a'], { deadlineMs: 200 }), line.send(['b']), line.send(['c'])].map(fault);
    for (const { state } of await Promise.all(queued)) expect(state).toBe('unresponsive');
    const began = performance.now();
    for (let call = 0; call < 50; call++) expect((await fault(line.send(['d']))).state).toBe('unresponsive');
    expect(performance.now() - began).toBeLessThan(500);
    expect(peer?.requests.length).toBe(1);
    mute = false;
    expect(await line.send(['ping'], { probe: true })).toBe(1);
    expect(await line.send(['e'])).toBe(2);
  });

  test('a command that waits behind a long one ends at its own deadline, and the long one goes on', async () => {
    const line = await speakWith((to) => void setTimeout(() => to.write(reply('done')), 400));
    const long = line.send(['long'], { deadlineMs: 5000 });
    const waiting = await fault(line.send(['ping'], { deadlineMs: 100, priority: true, probe: true }));
    expect(waiting.message).toContain('busy');
    expect(await long).toBe('done');
    expect(peer?.requests.length).toBe(1);
    expect(await line.send(['next'])).toBe('done');
  });

  test.each<[string, string, string | Buffer]>([
    ['garbled', 'text', `HTTP/1.1 400 Bad Request\r\n\r\n`],
    ['garbled', 'text and a marker', `nonsense${end}`],
    ['garbled', 'nothing but a marker', end],
    ['garbled', 'a broken pickle', Buffer.concat([Buffer.from([0x80, 5, 0xff]), Buffer.from(end)])],
    ['garbled', 'a pickle of another shape', Buffer.concat([encodePickle(['pong']), Buffer.from(end)])],
    ['garbled', 'a pickle with another code', Buffer.concat([encodePickle([2, 'pong']), Buffer.from(end)])],
    ['garbled', 'a number', Buffer.concat([encodePickle(7), Buffer.from(end)])],
    ['unreachable', 'that it shuts down', Buffer.concat([encodePickle(['SHUTDOWN']), Buffer.from(end)])],
  ])('%s: it answers %s', async (state, _, bytes) => {
    const line = await speakWith((to) => to.write(bytes));
    expect((await fault(line.send(['ping'], { deadlineMs: 300 }))).state).toBe(state);
    expect((await fault(line.send(['ping'], { deadlineMs: 300 }))).state).toBe(state);
    await sleep(20);
    expect(peer?.open()).toBeLessThanOrEqual(1);
  });

  test('part of a reply and then silence is unresponsive', async () => {
    const line = await speakWith((to) => to.write(reply('pong').subarray(0, 9)));
    expect((await fault(line.send(['ping'], { deadlineMs: 100 }))).state).toBe('unresponsive');
    await expect.poll(() => line.inspect().open).toBe(0);
  });

  test('closing in the middle of a reply is unreachable, and the next command connects anew', async () => {
    const line = await speakWith(
      (to, number) => void (number === 0 ? to.end(reply('pong').subarray(0, 9)) : to.write(reply('pong'))),
    );
    expect((await fault(line.send(['ping']))).state).toBe('unreachable');
    expect(await line.send(['ping'])).toBe('pong');
    expect(line.inspect()).toEqual({ open: 1, opened: 2, waiting: 0 });
  });

  test('bytes that nobody asked for end the connection instead of becoming an answer', async () => {
    const line = await speakWith((to, number) => {
      to.write(reply(number));
      if (number === 0) setTimeout(() => to.write(reply('forged')), 10);
    });
    expect(await line.send(['a'])).toBe(0);
    await sleep(60);
    await expect.poll(() => line.inspect().open).toBe(0);
    expect(await line.send(['b'])).toBe(1);
  });

  test('a reply beyond the cap is refused while it arrives', async () => {
    let written = 0;
    const line = await speakWith((to) => {
      const more = (): void => {
        for (let block = 0; block < 16 && !to.destroyed; block++)
          written += to.write(Buffer.alloc(65_536, 0x80)) ? 65_536 : 65_536;
        if (!to.destroyed && written < 64 * 1024 * 1024) setImmediate(more);
      };
      more();
    });
    expect((await fault(line.send(['x'], { maxReplyBytes: 100_000 }))).state).toBe('garbled');
    await expect.poll(() => line.inspect().open).toBe(0);
  });

  test('an error text in place of a tuple is fail2ban’s own error', async () => {
    const line = await speakWith((to) =>
      to.write(Buffer.concat([encodePickle('ERROR: no\nsuch'), Buffer.from(end)])),
    );
    await expect(line.send(['x'])).rejects.toThrow(new DaemonError('', 'no such'));
  });

  test.each([[`a${end}`], [`<F2B_CLOSE_COMMAND>`]])('an argument with %s is never sent', async (text) => {
    const line = await speakWith((to) => to.write(reply('pong')));
    await expect(line.send(['set', text])).rejects.toThrow(TypeError);
    await expect(line.send(['set', ['nested', text]])).rejects.toThrow(TypeError);
    expect(peer?.requests).toEqual([]);
    expect(await line.send(['ping'])).toBe('pong');
  });

  test('closing says good-bye, fails what waits, and accepts nothing more', async () => {
    const line = await speakWith((to, number) => void (number === 0 && to.write(reply('pong'))));
    await line.send(['ping']);
    const pending = [line.send(['a']), line.send(['b'])].map(fault);
    await sleep(20);
    line.close();
    for (const { state } of await Promise.all(pending)) expect(state).toBe('unreachable');
    expect((await fault(line.send(['c']))).state).toBe('unreachable');
    await sleep(300);
    expect(peer?.requests.at(-1)).toBe('<F2B_CLOSE_COMMAND>');
    expect(peer?.open()).toBe(0);
  });
});

test('no socket file is unreachable at once', async () => {
  const line = createDaemonSocket({ path: '/nonexistent/fail2ban.sock' });
  expect(await fault(line.send(['ping']))).toMatchObject({ state: 'unreachable', code: 'ENOENT' });
  line.close();
});

describe('a real fail2ban', () => {
  let fail2ban: RealFail2ban;
  beforeAll(async () => {
    fail2ban = await startFail2ban();
  }, 60_000);
  afterAll(() => fail2ban.remove(), 60_000);
  const connections = (): number => connectionsTo(fail2ban.socket);

  test('answers a thousand commands on one connection', async () => {
    const line = createDaemonSocket({ path: fail2ban.socket });
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, n) => line.send(['echo', `${n}`, 'größe 🛡'], { deadlineMs: 20_000 })),
    );
    expect(answers).toEqual(answers.map((_, n) => [`${n}`, 'größe 🛡']));
    expect(line.inspect()).toEqual({ open: 1, opened: 1, waiting: 0 });
    line.close();
  }, 30_000);

  test('its exceptions keep their class and words', async () => {
    const line = createDaemonSocket({ path: fail2ban.socket });
    const error: unknown = await line.send(['status', 'nojail']).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ pyClass: 'fail2ban.exceptions.UnknownJailException', message: 'nojail' });
    expect(await line.send(['ping'])).toBe('pong');
    line.close();
  });

  test('a full backlog is waited out within the deadline', async () => {
    const lines = Array.from({ length: 6 }, () => createDaemonSocket({ path: fail2ban.socket }));
    fail2ban.pause();
    try {
      const impatient = createDaemonSocket({ path: fail2ban.socket });
      const answers = Promise.all(lines.map((line) => line.send(['ping'], { deadlineMs: 15_000 })));
      await sleep(200);
      expect(await fault(impatient.send(['ping'], { deadlineMs: 200 }))).toMatchObject({
        state: 'unresponsive',
        code: 'EAGAIN',
      });
      fail2ban.resume();
      expect(await answers).toEqual(lines.map(() => 'pong'));
    } finally {
      fail2ban.resume();
      for (const line of lines) line.close();
    }
    await expect.poll(connections, { timeout: 10_000 }).toBe(0);
  }, 30_000);

  test('sixty lines at once: crowded out by the backlog, each waits and gets its answer', async () => {
    await expect.poll(connections, { timeout: 10_000 }).toBe(0);
    const lines = Array.from({ length: 60 }, () => createDaemonSocket({ path: fail2ban.socket }));
    const answers = await Promise.all(lines.map((line) => line.send(['ping'], { deadlineMs: 15_000 })));
    expect(answers.every((answer) => answer === 'pong')).toBe(true);
    for (const line of lines) line.close();
    await expect.poll(connections, { timeout: 10_000 }).toBe(0);
  }, 30_000);
});
