/** A connection through the operator's proxy, which resolves names and decides where it connects. */
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { AppError } from '../../base/errors.ts';
import { hostOf, opened, portOf, secured, type ConnectDeps } from './connect.ts';

/** To the proxy for http, which reads the whole URL from the request; to the list's own server, through a tunnel, for https. */
export async function connectThrough(
  { dial, ca }: Pick<ConnectDeps, 'dial' | 'ca'>,
  { proxy, url }: { proxy: URL; url: URL },
  signal: AbortSignal,
): Promise<Socket> {
  const host = hostOf(proxy);
  const plain = await opened(dial({ host, port: portOf(proxy), autoSelectFamily: true }), signal);
  const socket = proxy.protocol === 'http:' ? plain : await secured(plain, { host, ca }, signal);
  if (url.protocol === 'http:') return socket;
  return secured(await tunnel(socket, url, signal), { host: hostOf(url), ca }, signal);
}

/** `CONNECT` (RFC 9110, 9.3.6). */
async function tunnel(socket: Socket, url: URL, signal: AbortSignal): Promise<Socket> {
  const path = `${url.hostname}:${portOf(url)}`;
  const asked = request({
    method: 'CONNECT',
    path,
    headers: { host: path },
    createConnection: () => socket,
    signal,
  });
  const status = await new Promise<number | undefined>((resolve, reject) => {
    asked.on('connect', ({ statusCode }) => resolve(statusCode));
    asked.on('error', (error) => {
      socket.destroy();
      reject(error);
    });
    asked.end();
  });
  if (status !== undefined && status >= 200 && status < 300) return socket;
  socket.destroy();
  throw new AppError(
    502,
    'download_unreachable',
    `The proxy did not connect to ${url.host} (it answered ${status}). See what it allows.`,
  );
}
