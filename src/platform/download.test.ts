/** Downloads from real servers on loopback that answer as they should not. */
import { createHash } from 'node:crypto';
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { expectRefusal, openDownloadScene, refusal, type DownloadScene } from '../../test/download-scene.ts';
import { mountSmallDisk } from '../../test/small-disk.ts';
import type { Wanted } from './download.ts';

let scene: DownloadScene;
beforeEach(async () => {
  scene = await openDownloadScene();
});
afterEach(() => scene.close());

test('a list lies in its file, with its hash and what the server said of it', async () => {
  const asked: unknown[] = [];
  const url = await scene.serve((request, answer) => {
    asked.push(request.headers);
    answer.setHeader('etag', '"v1"');
    answer.setHeader('last-modified', 'Tue, 01 Jul 2025 00:00:00 GMT');
    answer.end('192.0.2.1\n');
  });
  const progress: unknown[] = [];
  const fetched = await scene.get(url, {}, { onProgress: (...told) => progress.push(told) });
  expect(fetched).toEqual({
    kind: 'fetched',
    bytes: 10,
    sha256: createHash('sha256').update('192.0.2.1\n').digest('hex'),
    etag: '"v1"',
    lastModified: 'Tue, 01 Jul 2025 00:00:00 GMT',
    contentType: null,
    complete: true,
  });
  expect(await readFile(scene.into, 'utf8')).toBe('192.0.2.1\n');
  expect(progress.at(-1)).toEqual([10, 10]);
  expect(asked).toEqual([expect.objectContaining({ 'user-agent': 'BanGUI/1.2.3 (reads blocklists)' })]);
});

test('what has not changed is not sent again', async () => {
  const url = await scene.serve((request, answer) => {
    const known =
      request.headers['if-none-match'] === '"v1"' && request.headers['if-modified-since'] === 'yesterday';
    answer.writeHead(known ? 304 : 200).end();
  });
  expect(await scene.get(url, {}, { etag: '"v1"', lastModified: 'yesterday' })).toEqual({
    kind: 'unchanged',
  });
  expect(await readdir(scene.folder)).toEqual([]);
});

test('304 without a version to compare with is no answer', async () => {
  const url = await scene.serve((_request, answer) => void answer.writeHead(304).end());
  await expectRefusal(scene, scene.get(url), 'download_status');
});

test('gzip on the way is undone, and the file is what was packed', async () => {
  const url = await scene.serve((_request, answer) => {
    answer.writeHead(200, { 'content-encoding': 'gzip' });
    answer.end(gzipSync('192.0.2.1\n'.repeat(1_000)));
  });
  expect(await scene.get(url)).toMatchObject({ kind: 'fetched', bytes: 10_000 });
  expect(await readFile(scene.into, 'utf8')).toBe('192.0.2.1\n'.repeat(1_000));
});

test('a bomb of gzip is stopped at the limit', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  const url = await scene.serve((_request, answer) => {
    answer.writeHead(200, { 'content-encoding': 'gzip' });
    answer.end(bomb);
  });
  expect(bomb.length).toBeLessThan(1_000_000);
  await expectRefusal(scene, scene.get(url), 'download_too_large');
});

test('gzip that is cut off is not whole; what is no gzip, or packed otherwise, is refused', async () => {
  const packed = gzipSync('192.0.2.1\n'.repeat(1_000));
  const send = (body: Buffer, encoding: string) =>
    scene.serve((_request, answer) => void answer.writeHead(200, { 'content-encoding': encoding }).end(body));
  await expectRefusal(scene, scene.get(await send(packed.subarray(0, 40), 'gzip')), 'download_truncated');
  await expectRefusal(scene, scene.get(await send(Buffer.from('192.0.2.1'), 'gzip')), 'download_encoding');
  await expectRefusal(scene, scene.get(await send(packed, 'br')), 'download_encoding');
});

test('a body without end is stopped at the limit', async () => {
  const url = await scene.serve((_request, answer) => {
    const more = (): void => {
      while (!answer.destroyed && answer.write('192.0.2.1\n'.repeat(1_000))) continue;
    };
    answer.on('drain', more);
    more();
  });
  await expectRefusal(scene, scene.get(url), 'download_too_large');
});

test('what is announced as too large is not begun', async () => {
  const url = await scene.serveBytes('HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n', 'stay');
  await expectRefusal(scene, scene.get(url), 'download_too_large');
});

test('of a large list the beginning can be had, and nothing more is waited for', async () => {
  const url = await scene.serveBytes(
    `HTTP/1.1 200 OK\r\nContent-Length: 90000000\r\n\r\n${'192.0.2.1\n'.repeat(100)}`,
    'stay',
  );
  expect(await scene.get(url, {}, { firstBytes: 25 })).toMatchObject({ bytes: 25, complete: false });
  expect(await readFile(scene.into, 'utf8')).toBe('192.0.2.1\n192.0.2.1\n192.0');
});

test.each([
  ['shorter than announced', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n192.0.2.1\n', 'end'],
  ['reset half-way', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n192.0.2.1\n', 'reset'],
  [
    'in chunks without the last',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n192.0\r\n',
    'end',
  ],
] as const)('a body %s is not whole', async (_name, bytes, then) => {
  await expectRefusal(scene, scene.get(await scene.serveBytes(bytes, then)), 'download_truncated');
});

test.each([
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n192.0'],
  ['length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n192.0'],
  ['headers without end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`],
  ['no HTTP at all', 'SSH-2.0-OpenSSH_9.2\r\n'],
])('an answer with %s is no answer', async (_name, bytes) => {
  await expectRefusal(scene, scene.get(await scene.serveBytes(bytes, 'stay')), 'download_malformed');
});

test('bytes after the announced length are not part of the list', async () => {
  const url = await scene.serveBytes('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n192.0.2.1\nand more');
  expect(await scene.get(url)).toMatchObject({ kind: 'fetched', bytes: 10 });
  expect(await readFile(scene.into, 'utf8')).toBe('192.0.2.1\n');
});

test('silence ends it: before the answer, in the headers, and in the body', async () => {
  for (const bytes of ['', 'HTTP/1.1 200 OK\r\nX: ', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n192']) {
    await expectRefusal(
      scene,
      scene.get(await scene.serveBytes(bytes, 'stay'), { silenceMs: 150 }),
      'download_timeout',
    );
  }
});

test('a drip that is never silent is ended by the limit on the whole', async () => {
  const url = await scene.serve((_request, answer) => {
    const timer = setInterval(() => answer.write('1'), 20);
    answer.on('close', () => clearInterval(timer));
  });
  await expectRefusal(scene, scene.get(url, { silenceMs: 100 }), 'download_timeout');
});

test('redirects are followed, and a ring of them is not', async () => {
  const url = await scene.serve((request, answer) => {
    if (request.url === '/list.txt') answer.writeHead(301, { location: '/moved' }).end();
    else if (request.url === '/moved') answer.end('192.0.2.1\n');
    else answer.writeHead(302, { location: request.url === '/a' ? '/b' : '/a' }).end();
  });
  expect(await scene.get(url)).toMatchObject({ kind: 'fetched', bytes: 10 });
  await rm(scene.into);
  await expectRefusal(scene, scene.get(new URL('/a', url).href), 'download_redirects');
});

test('429, 5xx and broken connections are tried three times, with growing pauses', async () => {
  const pauses: number[] = [];
  const sleep = async (ms: number) => void pauses.push(ms);
  const statuses = [429, 503];
  const url = await scene.serve((_request, answer) => {
    const status = statuses.shift() ?? 200;
    answer.writeHead(status, { 'retry-after': status === 429 ? '30' : '0' }).end('192.0.2.1\n');
  });
  expect(await scene.get(url, { sleep })).toMatchObject({ kind: 'fetched', bytes: 10 });
  expect(pauses[0]).toBe(30_000);
  expect(pauses[1]).toBeGreaterThan(1_900);
  await rm(scene.into);
  const broken = await scene.serveBytes('', 'reset');
  await expectRefusal(scene, scene.get(broken, { sleep }), 'download_unreachable');
  expect(pauses).toHaveLength(4);
});

test('who asks for a longer pause than a minute is left alone, and so is who says no', async () => {
  let calls = 0;
  const url = await scene.serve((request, answer) => {
    calls += 1;
    const status = request.url === '/list.txt' ? 429 : 403;
    answer.writeHead(status, { 'retry-after': '3600' }).end();
  });
  await expect(scene.get(url)).rejects.toMatchObject({ code: 'download_status', retryAfterSeconds: 3_600 });
  await expectRefusal(scene, scene.get(new URL('/no', url).href), 'download_status');
  expect(calls).toBe(2);
});

test.each(['no url', 'ftp://example.org/list', '//example.org', 'https://marta:secret@example.org/'])(
  '%s is not fetched, and no password is repeated',
  async (url) => {
    const told = await scene.get(url).catch((error: unknown) => error);
    expect(told).toEqual(refusal('download_not_a_url'));
    expect(String(told)).not.toContain('secret');
  },
);

test('a name that nobody has is said so', async () => {
  const resolve = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
  await expectRefusal(scene, scene.get('http://nobody.invalid/', { resolve }), 'download_unreachable');
});

test('a download under way ends with its signal, and with the downloader', async () => {
  const url = await scene.serveBytes('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n192', 'stay');
  const stop = new AbortController();
  const begun = (end: () => void): Partial<Wanted> => ({ signal: stop.signal, onProgress: end });
  await expectRefusal(
    scene,
    scene.get(
      url,
      {},
      begun(() => stop.abort()),
    ),
    'download_aborted',
  );
  const closing = scene.downloader();
  const wanted = {
    url,
    into: scene.into,
    etag: null,
    lastModified: null,
    signal: new AbortController().signal,
  };
  const under = closing.fetch({ ...wanted, onProgress: () => void closing.close() });
  await expectRefusal(scene, under, 'download_aborted');
  await expectRefusal(scene, closing.fetch(wanted), 'download_aborted');
});

test('a full disk is said so, and nothing stays behind', async () => {
  const disk = await mountSmallDisk(1);
  try {
    const url = await scene.serve((_request, answer) => void answer.end(Buffer.alloc(2_000_000, '1')));
    const full = scene.get(url, { maxBytes: 3_000_000 }, { into: join(disk.dir, 'list') });
    await expect(full).rejects.toEqual(refusal('disk_full'));
    expect(await readdir(disk.dir)).toEqual([]);
  } finally {
    await disk.remove();
  }
});

test('a file that is there is not overwritten', async () => {
  const url = await scene.serve((_request, answer) => void answer.end('192.0.2.1\n'));
  await scene.get(url);
  await expect(scene.get(url)).rejects.toEqual(refusal('download_not_stored'));
  expect(await readFile(scene.into, 'utf8')).toBe('192.0.2.1\n');
});
