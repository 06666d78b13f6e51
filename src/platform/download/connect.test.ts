/** Where downloads connect: never to this machine or to what hands out secrets, however it is named. */
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, createServer as createRawServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { selfSigned } from '../../../test/certificate.ts';
import {
  expectRefusal,
  openDownloadScene,
  type DownloadOptions,
  type DownloadScene,
} from '../../../test/download-scene.ts';

let scene: DownloadScene;
beforeEach(async () => {
  scene = await openDownloadScene();
});
afterEach(() => scene.close());

test.each([
  ['http://169.254.169.254/latest/meta-data/', 'download_refused_address'],
  ['http://[fd00:ec2::254]/', 'download_refused_address'],
  ['http://2852039166/', 'download_refused_address'],
  ['http://user:secret@127.0.0.1/', 'download_redirects'],
  ['file:///etc/passwd', 'download_redirects'],
  ['gopher://127.0.0.1/', 'download_redirects'],
  ['http://[/', 'download_redirects'],
])('a redirect to %s is not followed, even where private addresses are allowed', async (location, code) => {
  const url = await scene.serve((_request, answer) => void answer.writeHead(302, { location }).end());
  await expectRefusal(scene, scene.get(url), code);
});

test.each([
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '127.0.0.1.',
  '%31%32%37.0.0.1',
  '127。0。0。1',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[64:ff9b::7f00:1]',
  'localhost',
])('this machine as %s is not asked', async (host) => {
  let calls = 0;
  const server = createRawServer((socket) => {
    calls += 1;
    socket.destroy();
  });
  const port = await scene.listening(server);
  await expectRefusal(
    scene,
    scene.get(`http://${host}:${port}/`, { allowPrivate: false }),
    'download_refused_address',
  );
  expect(calls).toBe(0);
});

test('a name that turns to this machine between two tries is refused, and one that leads here hears nothing', async () => {
  let heard = 0;
  const server = createRawServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => (heard += 1));
  });
  const port = await scene.listening(server);
  const answers = [['9.9.9.9'], ['127.0.0.1']];
  const turning: DownloadOptions = {
    allowPrivate: false,
    resolve: async () => answers.shift() ?? [],
    dial: () => connect(1, '127.0.0.1'),
  };
  await expectRefusal(scene, scene.get(`http://list.example:${port}/`, turning), 'download_refused_address');
  expect(answers).toEqual([]);
  const led: DownloadOptions = {
    allowPrivate: false,
    resolve: async () => ['9.9.9.9'],
    dial: () => connect(port, '127.0.0.1'),
  };
  await expectRefusal(scene, scene.get(`http://list.example:${port}/`, led), 'download_refused_address');
  expect(heard).toBe(0);
});

test('of the addresses of a name only those that may be reached are tried', async () => {
  const url = new URL(await scene.serve((_request, answer) => void answer.end('192.0.2.1\n')));
  url.hostname = 'list.example';
  const resolve = async () => ['169.254.169.254', '127.0.0.1'];
  expect(await scene.get(url.href, { resolve })).toMatchObject({ bytes: 10 });
});

test('a certificate that nobody vouches for ends the connection', async () => {
  const { key, cert } = selfSigned();
  const server = createTlsServer({ key, cert }, (request, answer) => {
    if (request.url === '/down') answer.writeHead(302, { location: 'http://127.0.0.1/' }).end();
    else answer.end('192.0.2.1\n');
  });
  const port = await scene.listening(server);
  await expectRefusal(scene, scene.get(`https://127.0.0.1:${port}/`), 'download_tls');
  const known: DownloadOptions = { ca: cert, resolve: async () => ['127.0.0.1'] };
  await expectRefusal(scene, scene.get(`https://another.example:${port}/`, known), 'download_tls');
  await expectRefusal(scene, scene.get(`https://127.0.0.1:${port}/down`, known), 'download_redirects');
  expect(await scene.get(`https://localhost:${port}/`, known)).toMatchObject({ bytes: 10 });
});

test('through a proxy go names; an address that may not be reached is refused before', async () => {
  const asked: (string | undefined)[] = [];
  const proxy = new URL(
    await scene.serve((request, answer) => {
      asked.push(request.url);
      answer.end('192.0.2.1\n');
    }),
  ).origin;
  const behind: DownloadOptions = { proxy, allowPrivate: false };
  expect(await scene.get('http://list.example/all.txt', behind)).toMatchObject({ bytes: 10 });
  await rm(scene.into);
  await expectRefusal(scene, scene.get('http://169.254.169.254/', behind), 'download_refused_address');
  await expectRefusal(scene, scene.get('http://0x7f.1/', behind), 'download_refused_address');
  expect(asked).toEqual(['http://list.example/all.txt']);
});

test('through a proxy that tunnels, the certificate of the list is checked, and a silent proxy is left', async () => {
  const { key, cert } = selfSigned();
  const port = await scene.listening(
    createTlsServer({ key, cert }, (_request, answer) => void answer.end('192.0.2.1\n')),
  );
  const tunnel = createServer();
  tunnel.on('connect', (_request, client) => {
    const there = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      client.pipe(there).pipe(client);
    });
    for (const each of [client, there]) each.on('error', () => {});
    client.on('close', () => there.destroy());
    there.on('close', () => client.destroy());
  });
  const proxy = `http://127.0.0.1:${await scene.listening(tunnel)}`;
  const url = `https://localhost:${port}/`;
  expect(await scene.get(url, { proxy, ca: cert })).toMatchObject({ bytes: 10 });
  await rm(scene.into);
  await expectRefusal(scene, scene.get(url, { proxy }), 'download_tls');
  const mute = new URL(await scene.serveBytes('', 'stay')).origin;
  await expectRefusal(scene, scene.get(url, { proxy: mute, silenceMs: 150 }), 'download_timeout');
});
