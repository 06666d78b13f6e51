/**
 * The only line to fail2ban: one connection, one command at a time. fail2ban listens with a backlog of 1, answers in
 * one thread, and ends itself when about a thousand connections are open, so nothing here ever opens a second one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { closeMarker, endMarker, openConnection, type Connection } from './connection.ts';
import { decodePickle } from './pickle-decode.ts';
import { encodePickle, type Picklable } from './pickle-encode.ts';
import { PickleError, type PickleValue } from './pickle-value.ts';
import { readReply } from './reply.ts';
import { systemCode, WireError } from './wire-error.ts';

export interface SendOptions {
  /** From the call to the answer, waiting in the queue included. Default 1,500 ms. */
  deadlineMs?: number;
  /** Before everything else that waits; for the status probe. */
  priority?: boolean;
  /** Goes out even when the last command was not answered in time; all others then fail at once. */
  probe?: boolean;
  maxReplyBytes?: number;
}

export interface DaemonSocket {
  /**
   * Sends a command and answers the value of fail2ban's reply. Throws WireError when there is no proper answer and
   * DaemonError when the answer is an exception. TypeError for an argument that would break the protocol.
   */
  send(command: readonly Picklable[], options?: SendOptions): Promise<PickleValue>;
  inspect(): SocketFigures;
  /** Ends the connection; what waits fails. */
  close(): void;
}

export interface SocketFigures {
  /** Connections open now, 0 or 1. */
  open: number;
  /** Connections ever made. A new one means that fail2ban may be another process now. */
  opened: number;
  waiting: number;
}

interface Job {
  message: Buffer;
  deadlineAt: number;
  maxReplyBytes: number;
  answer(value: PickleValue): void;
  fail(error: unknown): void;
  expiry: NodeJS.Timeout;
}

const defaultDeadlineMs = 1500;
const defaultMaxReplyBytes = 4 * 1024 * 1024;
const retryDelayMs = 25;
/** A starting daemon binds its socket a moment before it listens. */
const refusalPatienceMs = 150;

export function createDaemonSocket({ path }: { path: string }): DaemonSocket {
  const queue: Job[] = [];
  const figures = { open: 0, opened: 0 };
  let urgent = 0;
  let connection: Connection | null = null;
  let running = false;
  let closed = false;
  /** Set while a command went unanswered: callers are then not made to wait one deadline after another. */
  let hung: WireError | null = null;

  const connect = async (deadlineAt: number): Promise<Connection> => {
    const refusedUntil = performance.now() + refusalPatienceMs;
    for (;;) {
      try {
        figures.open++;
        const opened = await openConnection(path, () => void figures.open--);
        figures.opened++;
        return opened;
      } catch (error) {
        const now = performance.now();
        const code = systemCode(error);
        const patience =
          code === 'EAGAIN' ? deadlineAt : code === 'ECONNREFUSED' ? Math.min(deadlineAt, refusedUntil) : 0;
        if (now + retryDelayMs >= patience) throw connectFault(code, error);
        await sleep(retryDelayMs);
      }
    }
  };

  const perform = async (job: Job): Promise<PickleValue> => {
    if (connection === null || !connection.usable) connection = await connect(job.deadlineAt);
    if (closed) {
      connection.close();
      throw closedFault();
    }
    const reply = await connection.exchange(job.message, job);
    try {
      return decodePickle(reply, { maxBytes: job.maxReplyBytes });
    } catch (error) {
      connection.destroy();
      if (!(error instanceof PickleError)) throw error;
      throw new WireError('garbled', 'Its answer is not fail2ban’s protocol.', { cause: error });
    }
  };

  const run = async (): Promise<void> => {
    if (running) return;
    running = true;
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      urgent = Math.max(0, urgent - 1);
      clearTimeout(job.expiry);
      try {
        const value = readReply(await perform(job));
        hung = null;
        job.answer(value);
      } catch (error) {
        hung = error instanceof WireError && error.state === 'unresponsive' ? error : null;
        if (error instanceof WireError && error.state === 'garbled') connection?.destroy();
        job.fail(error);
        if (hung !== null) failAll(hung);
      }
    }
    running = false;
  };

  const failAll = (error: WireError): void => {
    urgent = 0;
    for (const job of queue.splice(0)) {
      clearTimeout(job.expiry);
      job.fail(error);
    }
  };

  return {
    send(command, options = {}) {
      return new Promise((resolve, reject) => {
        const message = encodePickle(command);
        // Inside a text it would end the message there, and the rest would be read as another.
        if (message.includes(endMarker) || message.includes(closeMarker))
          throw new TypeError('marker in a command');
        if (closed) throw closedFault();
        if (hung !== null && options.probe !== true) throw hung;
        const deadlineMs = options.deadlineMs ?? defaultDeadlineMs;
        const job: Job = {
          message,
          deadlineAt: performance.now() + deadlineMs,
          maxReplyBytes: options.maxReplyBytes ?? defaultMaxReplyBytes,
          answer: resolve,
          fail: reject,
          expiry: setTimeout(() => {
            const place = queue.indexOf(job);
            if (place >= 0) queue.splice(place, 1);
            if (place >= 0 && place < urgent) urgent--;
            reject(
              new WireError(
                'unresponsive',
                'fail2ban is busy with a command and answers no other meanwhile.',
              ),
            );
          }, deadlineMs),
        };
        if (options.priority === true) queue.splice(urgent++, 0, job);
        else queue.push(job);
        void run();
      });
    },
    inspect: () => ({ ...figures, waiting: queue.length }),
    close() {
      closed = true;
      failAll(closedFault());
      connection?.close();
    },
  };
}

const closedFault = (): WireError => new WireError('unreachable', 'BanGUI is shutting down.');

function connectFault(code: string, cause: unknown): WireError {
  const options = { cause, code };
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return new WireError('refused', 'fail2ban’s socket is there, but BanGUI may not open it.', options);
    case 'EAGAIN':
      return new WireError(
        'unresponsive',
        'fail2ban takes no more connections: it hangs or is overloaded.',
        options,
      );
    case 'ENOENT':
    case 'ENOTDIR':
      return new WireError(
        'unreachable',
        'There is no fail2ban socket: fail2ban is not running here.',
        options,
      );
    case 'ECONNREFUSED':
      return new WireError(
        'unreachable',
        'Nobody listens on fail2ban’s socket: fail2ban has stopped.',
        options,
      );
    default:
      return new WireError(
        'unreachable',
        `fail2ban’s socket cannot be opened (${code || 'unknown error'}).`,
        options,
      );
  }
}
