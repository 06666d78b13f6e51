/** Where a call comes from: the client's address behind trusted proxies, and whether it came over https. */
import type { IncomingHttpHeaders } from 'node:http';
import { contains, parseAddress, type Address } from '../../base/address.ts';

export interface Origin {
  /** Canonical address; the text `unknown` when the connection has none. */
  client: string;
  /** Between the client and us, nearest to us first. */
  proxies: readonly string[];
  /** A forwarding header came from a peer that is not trusted. */
  forwardedUntrusted: boolean;
}

interface Connection {
  remoteAddress: string | undefined;
  headers: IncomingHttpHeaders;
  trusted: readonly Address[];
}

const forwardingHeaders = [
  'x-forwarded-for',
  'forwarded',
  'x-real-ip',
  'x-forwarded-host',
  'x-forwarded-proto',
];
const mostHops = 32;

/**
 * Walks `X-Forwarded-For` from our end and stops at the first address that is not a trusted proxy, since everything
 * further left is only what that one claims. What is no address ends the walk at the proxy that wrote it.
 */
export function locateCaller({ remoteAddress, headers, trusted }: Connection): Origin {
  const isTrusted = (address: Address): boolean => trusted.some((proxy) => contains(proxy, address));
  const peer = parseAddress(remoteAddress ?? '');
  const forwarded = isForwarded(headers);
  if (peer === null) return { client: 'unknown', proxies: [], forwardedUntrusted: forwarded };
  if (!isTrusted(peer)) return { client: peer, proxies: [], forwardedUntrusted: forwarded };
  const hops = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .slice(-mostHops);
  const proxies: string[] = [];
  let client = peer;
  for (const hop of hops.reverse()) {
    const next = parseAddress(withoutPort(hop.trim()));
    if (next === null || !isTrusted(client)) break;
    proxies.push(client);
    client = next;
  }
  if (proxies.length === 0) return { client, proxies: [], forwardedUntrusted: false };
  return { client, proxies, forwardedUntrusted: false };
}

/** True when whoever sent this says that it passes on the call of another. */
export function isForwarded(headers: IncomingHttpHeaders): boolean {
  return forwardingHeaders.some((name) => headers[name] !== undefined);
}

/** Some proxies write `1.2.3.4:5678` or `[::1]:5678`. */
function withoutPort(hop: string): string {
  return /^\[(.+)\](?::\d{1,5})?$/.exec(hop)?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(hop)?.[1] ?? hop;
}

export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** True when the name in the browser's address bar can only mean the machine the browser runs on. */
export function isLoopbackHost(host: string | undefined): boolean {
  const name = (host ?? '').toLowerCase().replace(/:\d+$/, '');
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '[::1]' ||
    /^127(?:\.\d{1,3}){3}$/.test(name)
  );
}

/**
 * Whether the browser spoke https to whoever is in front of us. Good for deciding about a cookie only: the headers
 * are believed from anyone, since somebody who lies here only spoils the own sign-in.
 */
export function saysHttps(headers: IncomingHttpHeaders): boolean {
  const proto = String(headers['x-forwarded-proto'] ?? '')
    .split(',')
    .at(-1)
    ?.trim();
  return proto === 'https' || String(headers.origin ?? '').startsWith('https://');
}

/** What limits are counted by: one IPv4 address, or the /64 an IPv6 subscriber is given. */
export function limitKey(client: string): string {
  if (!client.includes(':')) return client;
  return parseAddress(`${client}/64`) ?? client;
}
