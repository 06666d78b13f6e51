/** `GET /api/v1/live`: what happens, as it happens, to every open page (server-sent events). */
import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { tooManyRequests } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { AppEvent, Events } from '../events.ts';
import { createEventHistory } from './event-history.ts';
import { sessionCookie, type Identify, type Identity } from './guard.ts';
import type { Call } from './mount.ts';
import type { Server } from './server.ts';

interface LiveDeps {
  server: Server;
  events: Events;
  identify: Identify;
  /** Calls back with the id of a session that ended here. */
  onSessionEnd: (listener: (sessionId: string) => void) => () => void;
  log: Log;
  /** Other than these in tests only. */
  limits?: Partial<LiveLimits>;
}

interface LiveLimits {
  /** Streams of one session: a person's open tabs. */
  perSession: number;
  /** A reader that has this much waiting is cut off; it resumes by `Last-Event-ID` or reads again. */
  mostWaitingBytes: number;
  /** An event a page can hear: it says how fresh it is by it, and notices a connection that died in silence. */
  heartbeatMs: number;
  /** How often it is looked whether the sessions of open streams still stand. */
  checkMs: number;
}

const usualLimits: LiveLimits = {
  perSession: 20,
  mostWaitingBytes: 256 * 1024,
  heartbeatMs: 5_000,
  checkMs: 5_000,
};

export interface Live {
  /** Streams open now. */
  size(): number;
  /**
   * Opens a stream of another content to the one who calls, under the same rules: it beats, ends with its session, and
   * counts as one of its tabs. Answers how to write an event; `onEnd` is called once. Throws 429.
   */
  attach(call: Pick<Call, 'request' | 'reply'>, onEnd: () => void): (type: string, data: unknown) => void;
  /** Ends every stream. */
  close(): void;
}

interface Stream {
  sessionId: string;
  cookie: string | undefined;
  reply: FastifyReply;
  /** Null for the stream of everything that happens. */
  onEnd: (() => void) | null;
}

/** Adds the endpoint. Events are numbered `<epoch>-<seq>`; a reader that missed too much gets `resync`. */
export function addLive({ server, events, identify, onSessionEnd, log, limits = {} }: LiveDeps): Live {
  const { perSession, mostWaitingBytes, heartbeatMs, checkMs } = { ...usualLimits, ...limits };
  const streams = new Set<Stream>();
  const history = createEventHistory({ epoch: randomBytes(8).toString('hex'), most: 1_000 });
  let timers: NodeJS.Timeout[] = [];

  const end = (stream: Stream): void => {
    if (!streams.delete(stream)) return;
    stream.onEnd?.();
    stream.reply.raw.end();
    if (streams.size > 0) return;
    for (const timer of timers) clearInterval(timer);
    timers = [];
  };
  const write = (stream: Stream, text: string): void => {
    const { raw } = stream.reply;
    raw.write(text);
    if (raw.writableLength <= mostWaitingBytes) return;
    log.info('live_reader_too_slow', { waiting_bytes: raw.writableLength });
    end(stream);
    raw.destroy();
  };
  const writeAll = (text: string): void => {
    for (const stream of streams) write(stream, text);
  };
  const check = async (): Promise<void> => {
    for (const stream of streams) {
      try {
        if ((await identify(stream.cookie)) === null) end(stream);
      } catch (error) {
        log.warn('live_session_check_failed', { error });
      }
    }
  };
  const open = ({ request, reply }: Pick<Call, 'request' | 'reply'>, onEnd: Stream['onEnd']): Stream => {
    const { sessionId } = identityOf(server, request);
    if ([...streams].filter((stream) => stream.sessionId === sessionId).length >= perSession)
      throw tooManyRequests('Too many open pages in this session. Close some.', 5);
    reply.hijack();
    const stream = { sessionId, cookie: request.cookies[sessionCookie], reply, onEnd };
    streams.add(stream);
    const { raw } = stream.reply;
    raw.on('close', () => end(stream));
    raw.on('error', () => end(stream));
    raw.writeHead(200, {
      ...headersOf(stream.reply),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    if (timers.length === 0)
      timers = [
        setInterval(() => writeAll('event: beat\ndata: {}\n\n'), heartbeatMs),
        setInterval(() => void check(), checkMs),
      ];
    return stream;
  };

  const stopListening = events.listen((event) => {
    const text = history.add(event.type, toWire(event));
    for (const stream of streams) if (stream.onEnd === null) write(stream, text);
  });
  const stopWatching = onSessionEnd((sessionId) => {
    for (const stream of streams) if (stream.sessionId === sessionId) end(stream);
  });

  server.app.route({
    method: 'GET',
    url: '/api/v1/live',
    exposeHeadRoute: false,
    config: { access: 'session', compress: false },
    schema: { summary: 'What happens, as it happens (text/event-stream)', tags: ['live'] },
    handler: async (request, reply) => {
      write(open({ request, reply }, null), history.since(lastEventId(request)));
    },
  });

  return {
    size: () => streams.size,
    attach(call, onEnd) {
      const stream = open(call, onEnd);
      return (type, data) => {
        if (streams.has(stream)) write(stream, `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
      };
    },
    close() {
      stopListening();
      stopWatching();
      for (const stream of streams) end(stream);
    },
  };
}

function identityOf(server: Server, request: FastifyRequest): Identity {
  const { identity } = server.visitOf(request);
  if (identity === null) throw new Error('a stream was opened past the guard');
  return identity;
}

function lastEventId({ headers }: FastifyRequest): string | undefined {
  const given = headers['last-event-id'];
  return typeof given === 'string' ? given : undefined;
}

function headersOf(reply: FastifyReply): Record<string, string | number | string[]> {
  const headers: Record<string, string | number | string[]> = {};
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) headers[name] = value;
  return headers;
}

/** In the words of the HTTP interface: snake_case, times as RFC 3339. */
function toWire(event: AppEvent): Record<string, unknown> {
  const at = new Date(event.at).toISOString();
  if (event.type === 'resync') return { at };
  const { host } = event;
  switch (event.type) {
    case 'ban': {
      const expiresAt = event.expiresAt === null ? null : new Date(event.expiresAt).toISOString();
      return {
        host,
        jail: event.jail,
        ip: event.ip,
        banned_at: at,
        expires_at: expiresAt,
        ban_count: event.count,
        country: event.country,
        asn: event.asn === 0 ? null : event.asn,
        as_name: event.asName,
      };
    }
    case 'unban':
      return { host, jail: event.jail, ip: event.ip, at };
    case 'bans_changed':
      return { host, banned: event.banned, unbanned: event.unbanned, at };
    case 'config': {
      const { revision, path, step, outcome } = event;
      return { host, revision, path, step, outcome, at };
    }
    case 'run': {
      const { run, source, state } = event;
      return { host, run, source, state, at };
    }
    case 'status':
      return { host, at };
  }
}
