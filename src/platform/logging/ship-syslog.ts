/**
 * Syslog (RFC 5424) over TCP, TLS or UDP. TCP frames are counted in octets (RFC 6587, 3.4.1). Nothing is acknowledged:
 * over TCP a line may arrive twice after a broken connection, over UDP it may not arrive.
 */
import { createSocket } from 'node:dgram';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { delivered, undelivered, type Delivery, type Entry, type Receiver } from './ship-entry.ts';

interface SyslogDeps {
  transport: 'tcp' | 'tls' | 'udp';
  host: string;
  port: number;
  hostname: string;
  pid: number;
}

/** Facility 3, system daemons, and the severities of RFC 5424, table 2. */
const facility = 3;
const severities: Readonly<Record<string, number>> = { debug: 7, info: 6, warning: 4, error: 3 };
/** The receiver closes when it has read all; one that keeps connections open is not waited for longer. */
const closeWaitMs = 1_000;
/** The most one datagram carries over IPv4. */
const mostDatagramBytes = 65_507;

export function createSyslogReceiver({ transport, host, port, hostname, pid }: SyslogDeps): Receiver {
  const name = printable(hostname);
  const message = (entry: Entry): Buffer => {
    const time = new Date(Number(entry.nanos / 1_000_000n)).toISOString();
    const priority = facility * 8 + (severities[entry.level] ?? 6);
    return Buffer.from(`<${priority}>1 ${time} ${name} bangui ${pid} - - ${entry.line}`);
  };
  if (transport === 'udp') return { deliver: (batch) => sendDatagrams(batch, message, { host, port }) };
  const connect = (): Socket =>
    transport === 'tcp' ? connectTcp(port, host) : connectTls(tlsOptions(host, port));
  return {
    async deliver(batch, signal) {
      try {
        await sendFrames(batch.map(message), signal, connect);
        return delivered;
      } catch (error) {
        return undelivered(batch, reasonOf(error));
      }
    },
  };
}

/** An address is no server name in TLS (RFC 6066, 3); the certificate is checked against it all the same. */
function tlsOptions(host: string, port: number) {
  return { host, port, ...(isIP(host) === 0 && { servername: host }) };
}

/**
 * A connection for each batch, ended in order: that the receiver ends its side too, and not by a reset, is the only sign
 * there is that it has read everything.
 */
function sendFrames(messages: readonly Buffer[], signal: AbortSignal, connect: () => Socket): Promise<void> {
  const frames = Buffer.concat(messages.flatMap((one) => [Buffer.from(`${one.length} `), one]));
  return new Promise((resolve, reject) => {
    const socket = connect();
    let sent = false;
    const settle = (error: Error | null): void => {
      signal.removeEventListener('abort', abort);
      clearTimeout(patience);
      socket.destroy();
      if (error === null) resolve();
      else reject(error);
    };
    const abort = (): void => settle(new Error('it did not take the lines in time'));
    let patience: NodeJS.Timeout | undefined;
    signal.addEventListener('abort', abort);
    if (signal.aborted) return abort();
    socket.on('error', settle);
    socket.on('finish', () => {
      sent = true;
      patience = setTimeout(() => settle(null), closeWaitMs);
    });
    socket.on('close', () => settle(sent ? null : new Error('it closed the connection')));
    socket.resume();
    socket.end(frames);
  });
}

async function sendDatagrams(
  batch: readonly Entry[],
  message: (entry: Entry) => Buffer,
  { host, port }: { host: string; port: number },
): Promise<Delivery> {
  const socket = createSocket(isIP(host) === 6 ? 'udp6' : 'udp4');
  try {
    for (const [place, entry] of batch.entries()) {
      const error = await new Promise<Error | null>((resolve) => {
        // No socket to be had comes as an event, anything else to the callback.
        socket.removeAllListeners('error').once('error', resolve);
        socket.send(message(entry).subarray(0, mostDatagramBytes), port, host, resolve);
      });
      if (error !== null) return undelivered(batch.slice(place), reasonOf(error));
    }
    return delivered;
  } finally {
    socket.close();
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message || error.name : String(error);

/** HOSTNAME is printable ASCII of at most 255 characters, or `-`. */
function printable(hostname: string): string {
  return hostname.replaceAll(/[^!-~]/g, '').slice(0, 255) || '-';
}
