/** One open connection to fail2ban: bytes of a request out, bytes of its reply back, one at a time. */
import { createConnection, type Socket } from 'node:net';
import { systemCode, WireError } from './wire-error.ts';

export const endMarker = '<F2B_END_COMMAND>';
export const closeMarker = '<F2B_CLOSE_COMMAND>';

const endBytes = Buffer.from(endMarker);
/** Every pickle of a protocol above 1 begins so; other bytes need not be waited for to end. */
const firstByte = 0x80;

export interface Connection {
  /** False after it was closed by either side; it is then of no more use. */
  readonly usable: boolean;
  /** Sends one message and answers the reply without its end marker. Throws WireError; then it is destroyed. */
  exchange(message: Buffer, limits: { deadlineAt: number; maxReplyBytes: number }): Promise<Buffer>;
  /** Tells fail2ban and closes. */
  close(): void;
  destroy(): void;
}

interface Waiting {
  chunks: Buffer[];
  size: number;
  maxReplyBytes: number;
  answer(reply: Buffer): void;
  fail(error: WireError): void;
}

/** Connects, or throws the system's error (`ENOENT`, `EAGAIN`, …). `closed` is told once, however it ends. */
export function openConnection(path: string, closed: () => void): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    socket.once('error', reject);
    socket.once('close', closed);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(speak(socket));
    });
  });
}

function speak(socket: Socket): Connection {
  let waiting: Waiting | null = null;
  const lose = (error: WireError): void => {
    const lost = waiting;
    waiting = null;
    socket.destroy();
    lost?.fail(error);
  };

  socket.on('data', (chunk) => {
    // Bytes that nobody asked for: whatever follows could be taken for the answer to something else.
    if (waiting === null) return lose(garbled('It speaks without being asked.'));
    if (waiting.size === 0 && chunk[0] !== firstByte)
      return lose(garbled('Its answer is not fail2ban’s protocol.'));
    waiting.chunks.push(chunk);
    waiting.size += chunk.length;
    if (waiting.size > waiting.maxReplyBytes)
      return lose(garbled('Its answer is larger than any we expect.'));
    if (!endsWithMarker(waiting.chunks)) return;
    const { answer, chunks, size } = waiting;
    waiting = null;
    answer(Buffer.concat(chunks, size).subarray(0, size - endBytes.length));
  });
  socket.on('error', (error) =>
    lose(
      new WireError('unreachable', 'fail2ban closed the connection.', {
        cause: error,
        code: systemCode(error),
      }),
    ),
  );
  socket.on('close', () =>
    lose(new WireError('unreachable', 'fail2ban closed the connection before it answered.')),
  );

  return {
    get usable() {
      return !socket.destroyed && socket.writable;
    },
    exchange(message, { deadlineAt, maxReplyBytes }) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => lose(new WireError('unresponsive', 'fail2ban took the command and does not answer.')),
          deadlineAt - performance.now(),
        );
        const settle = (): void => clearTimeout(timer);
        waiting = {
          chunks: [],
          size: 0,
          maxReplyBytes,
          answer: (reply) => (settle(), resolve(reply)),
          fail: (error) => (settle(), reject(error)),
        };
        socket.write(Buffer.concat([message, endBytes]));
      });
    },
    close() {
      if (socket.destroyed) return;
      socket.end(closeMarker + endMarker);
      // A hung daemon would keep it half open for ever.
      socket.unref();
      setTimeout(() => socket.destroy(), 250).unref();
    },
    destroy: () => void socket.destroy(),
  };
}

const garbled = (message: string): WireError => new WireError('garbled', message);

/** The marker may be cut anywhere between chunks, so the last bytes of all of them are compared. */
function endsWithMarker(chunks: readonly Buffer[]): boolean {
  let tail = chunks.at(-1) ?? Buffer.of();
  for (let index = chunks.length - 2; index >= 0 && tail.length < endBytes.length; index--) {
    tail = Buffer.concat([chunks[index] ?? Buffer.of(), tail]);
  }
  return tail.subarray(-endBytes.length).equals(endBytes);
}
