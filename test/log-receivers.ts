/** Log services that keep what they are sent as the real ones do, and fail when told to. */
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { z } from 'zod';

export interface LogService {
  url: URL;
  port: number;
  /** Every line it holds, in order of arrival. */
  lines: string[];
  /** Requests, or connections, so far. */
  asked(): number;
  close(): Promise<void>;
}

interface Request {
  number: number;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** `keep` answers status and body; null breaks the connection without an answer. */
type Keep = (request: Request, lines: string[]) => Answer | null;

interface Answer {
  status: number;
  body?: string;
  headers?: Record<string, string>;
}

export async function httpService(keep: Keep): Promise<LogService> {
  const lines: string[] = [];
  let number = 0;
  const server = createHttpServer((request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { url: path = '', headers } = request;
      const answer = keep({ number: ++number, path, headers, body }, lines);
      if (answer === null) request.socket.destroy();
      else response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
    });
  });
  const port = await listening(server);
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    port,
    lines,
    asked: () => number,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Takes connections, and never says anything. */
export async function hangingService(): Promise<LogService> {
  const sockets = new Set<Socket>();
  let number = 0;
  const server = createTcpServer((socket) => {
    number += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).resume();
  });
  const port = await listening(server);
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    port,
    lines: [],
    asked: () => number,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const push = z.object({
  streams: z.array(
    z.object({
      stream: z.record(z.string(), z.string()),
      values: z.array(z.tuple([z.string(), z.string()])),
    }),
  ),
});

/** As Loki: an entry equal in stream, time and text to one it has is not kept again. */
export function keepAsLoki(): (body: string, lines: string[]) => void {
  const known = new Set<string>();
  return (body, lines) => {
    for (const { stream, values } of push.parse(JSON.parse(body)).streams) {
      for (const [time, line] of values) {
        const key = JSON.stringify([stream, time, line]);
        if (!known.has(key)) lines.push(line);
        known.add(key);
      }
    }
  };
}

const action = z.object({ create: z.object({ _index: z.string(), _id: z.string() }) });
const document = z.object({ '@timestamp': z.iso.datetime(), message: z.string() });

/** As Elasticsearch's _bulk: 409 for an id it has; `fails` chooses items it has no room for (429). */
export function keepAsElasticsearch(fails: (item: number) => boolean = () => false) {
  const known = new Set<string>();
  let item = 0;
  return (body: string, lines: string[]): string => {
    const parts = body.trimEnd().split('\n');
    const items = [];
    for (let place = 0; place < parts.length; place += 2) {
      const { _id } = action.parse(JSON.parse(parts[place] ?? '')).create;
      const { message } = document.parse(JSON.parse(parts[place + 1] ?? ''));
      const status = known.has(_id) ? 409 : fails(++item) ? 429 : 201;
      if (status === 201) lines.push(message);
      if (status === 201) known.add(_id);
      items.push({ create: { status, ...(status > 299 && { error: { type: `told_${status}` } }) } });
    }
    return JSON.stringify({ errors: items.some(({ create }) => create.status > 299), items });
  };
}

const messages = z.array(z.object({ message: z.string(), ddsource: z.literal('bangui') }));

export const keepAsDatadog = (body: string, lines: string[]): void =>
  void lines.push(...messages.parse(JSON.parse(body)).map(({ message }) => message));

/** Reads frames of counted octets; a connection for which `fails` says so is reset after its first bytes. */
export async function syslogService(
  fails: (connection: number) => boolean,
  tls: { key: string; cert: string } | null = null,
): Promise<LogService> {
  const lines: string[] = [];
  let number = 0;
  const accept = (socket: Socket): void => {
    const chunks: Buffer[] = [];
    const broken = fails(++number);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => (broken ? socket.resetAndDestroy() : chunks.push(chunk)));
    socket.on('end', () => lines.push(...framesOf(Buffer.concat(chunks))));
  };
  const server = tls === null ? createTcpServer(accept) : createTlsServer(tls, accept);
  const port = await listening(server);
  return {
    url: new URL(`tcp://127.0.0.1:${port}`),
    port,
    lines,
    asked: () => number,
    close: async () => void (await new Promise((resolve) => server.close(resolve))),
  };
}

/** RFC 6587, 3.4.1: MSG-LEN SP MSG. Throws when a count is not that of its message. */
export function framesOf(bytes: Buffer): string[] {
  const frames: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(' ', at);
    const length = Number(bytes.subarray(at, space).toString());
    const frame = bytes.subarray(space + 1, space + 1 + length);
    if (!Number.isInteger(length) || frame.length !== length)
      throw new Error('a frame is not as long as it says');
    frames.push(frame.toString());
    at = space + 1 + length;
  }
  return frames;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
