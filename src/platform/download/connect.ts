/** A connection to an address that may be reached: checked when its name is resolved, and again once it stands. */
import { once } from 'node:events';
import { isIP, type LookupFunction, type NetConnectOpts, type Socket } from 'node:net';
import { connect as startTls, type TLSSocket } from 'node:tls';
import { AppError } from '../../base/errors.ts';
import { refusedAddress } from './failures.ts';
import { refusalOf } from './reachable.ts';

export interface ConnectDeps {
  /** Every address of a name, as text. */
  resolve: (name: string) => Promise<readonly string[]>;
  dial: (options: NetConnectOpts) => Socket;
  allowPrivate: boolean;
  /** Certificate authorities other than the machine's. */
  ca?: string;
}

/** Throws AppError `download_refused_address`, and what Node says of a connection that fails. */
export async function connectTo(deps: ConnectDeps, url: URL, signal: AbortSignal): Promise<Socket> {
  const host = hostOf(url);
  const addresses = await permittedAddresses(deps, host, signal);
  const port = portOf(url);
  const lookup: LookupFunction = (_name, _options, answer) =>
    answer(
      null,
      addresses.map((address) => ({ address, family: isIP(address) })),
    );
  const socket = await opened(deps.dial({ host, port, lookup, autoSelectFamily: true }), signal);
  // Nothing is sent before: whatever led the connection elsewhere, that machine hears nothing of us.
  const why = refusalOf(socket.remoteAddress ?? '', deps.allowPrivate);
  if (why === null) return url.protocol === 'http:' ? socket : secured(socket, { host, ca: deps.ca }, signal);
  socket.destroy();
  throw refusedAddress(host, why);
}

/** Waits until the connection stands. A failure later, while nobody waits for it, must not end the process. */
export async function opened(socket: Socket, signal: AbortSignal): Promise<Socket> {
  return await standing(
    socket.on('error', () => {}),
    'connect',
    signal,
  );
}

/** TLS over a connection, whose other side has to be `host`. */
export async function secured(
  socket: Socket,
  { host, ca }: { host: string; ca: string | undefined },
  signal: AbortSignal,
): Promise<TLSSocket> {
  const servername = isIP(host) === 0 ? host : '';
  const secure = startTls({
    socket,
    host,
    servername,
    ALPNProtocols: ['http/1.1'],
    ...(ca === undefined ? {} : { ca }),
  });
  secure.on('close', () => socket.destroy());
  return await standing(
    secure.on('error', () => {}),
    'secureConnect',
    signal,
  );
}

async function standing<S extends Socket>(socket: S, event: string, signal: AbortSignal): Promise<S> {
  try {
    await once(socket, event, { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Throws AppError when the URL itself names an address that may not be reached, in whatever spelling. */
export function refuseLiteral(url: URL, allowPrivate: boolean): void {
  const host = hostOf(url);
  if (isIP(host) === 0) return;
  const why = refusalOf(host, allowPrivate);
  if (why !== null) throw refusedAddress(host, why);
}

/** Decimal, octal and hexadecimal spellings of IPv4 have become the usual one in `URL`. */
export function hostOf(url: URL): string {
  return url.hostname.replaceAll(/^\[|\]$/g, '');
}

export const portOf = (url: URL): number => Number(url.port) || (url.protocol === 'https:' ? 443 : 80);

async function permittedAddresses(deps: ConnectDeps, host: string, signal: AbortSignal): Promise<string[]> {
  const { resolve, allowPrivate } = deps;
  const all = isIP(host) === 0 ? await orAborted(resolve(host), signal) : [host];
  const permitted = all.filter((address) => refusalOf(address, allowPrivate) === null);
  const [first] = all;
  if (first === undefined) throw new AppError(502, 'download_unreachable', `${host} has no address.`);
  if (permitted.length === 0)
    throw refusedAddress(host, refusalOf(first, allowPrivate) ?? 'not to be reached');
  return permitted;
}

/** Asking for a name cannot be stopped: it is left alone. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new Error('aborted', { cause: signal.reason }));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
