/** Follows fail2ban's log file from its present end, across rotation, and hands over what its lines say. */
import { watch, type FSWatcher } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import type { Log } from '../../base/log.ts';
import { measureOffset, readStamp } from './log-clock.ts';
import { parseLogLine, type LineEvent } from './parse-log-line.ts';

/** `at` and `endsAt` in ms UTC. */
export type LogEvent = Exclude<LineEvent, { type: 'jail_stopped' | 'jail_started' }> & {
  at: number;
  endsAt: number | null;
};

interface FollowOptions {
  file: string;
  /** Called with one batch after the other; the next waits for the promise. */
  onEvents: (events: LogEvent[]) => Promise<void>;
  /** The reason when the file cannot be read, null when it can (again). */
  onReadable: (reason: string | null) => void;
  log: Log;
}

const chunkBytes = 64 * 1024;
const pollMs = 1000;

export interface FollowedLog {
  /** What to add to the daemon's local time read as UTC, ms; null until the file held a stamp. */
  offset(): number | null;
  /** Settled once the file was opened for the first time, or could not be. */
  ready: Promise<void>;
  /** Waits for the batch under way. */
  stop(): Promise<void>;
}

/**
 * A line is handed over within some ms of its being written (the kernel tells), or at the next poll a second later
 * where the kernel cannot tell.
 */
export function followLog({ file, onEvents, onReadable, log }: FollowOptions): FollowedLog {
  const buffer = Buffer.alloc(chunkBytes);
  let handle: FileHandle | null = null;
  let inode = 0;
  let position = 0;
  let rest = '';
  let offset: number | null = null;
  let first = true;
  let watcher: FSWatcher | null = null;
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  const ready = Promise.withResolvers<void>();

  const wake = (): void => {
    again = true;
    running ??= (async () => {
      while (again && !stopped) {
        again = false;
        try {
          await follow();
          onReadable(null);
        } catch (error) {
          await close();
          onReadable(error instanceof Error ? error.message : String(error));
        }
        ready.resolve();
      }
      running = null;
    })();
  };

  async function follow(): Promise<void> {
    const opened = handle === null;
    const current = handle ?? (await start());
    await drain(current);
    if (opened) return;
    const now = await stat(file).catch(() => null);
    // Renamed away: fail2ban goes on writing to the old file until it is told to reopen its log.
    if (now === null || now.ino === inode || now.size === 0) return;
    await drain(current);
    await close();
    again = true;
  }

  async function start(): Promise<FileHandle> {
    const opened = await open(file, 'r');
    handle = opened;
    const { ino, size } = await opened.stat();
    inode = ino;
    position = first ? size : 0;
    rest = '';
    if (first) await calibrateFromEnd(opened, size);
    first = false;
    watcher = watchQuietly(file, wake, log);
    return opened;
  }

  /** Reads to the end of the file, a chunk a time. */
  async function drain(current: FileHandle): Promise<void> {
    for (;;) {
      if (stopped) return;
      const { size, mtimeMs } = await current.stat();
      if (size < position) {
        // copied and truncated
        position = 0;
        rest = '';
      }
      const { bytesRead } = await current.read(buffer, 0, chunkBytes, position);
      if (bytesRead === 0) return;
      // A chunk may end inside a line, and inside a character: only whole lines are decoded.
      const end = buffer.subarray(0, bytesRead).lastIndexOf(10) + 1;
      const taken = end === 0 && bytesRead === chunkBytes ? bytesRead : end;
      if (taken === 0) return;
      position += taken;
      const atEnd = size - position < chunkBytes;
      await handOver(buffer.toString('utf8', 0, taken), atEnd ? mtimeMs : null);
    }
  }

  async function handOver(text: string, writtenAt: number | null): Promise<void> {
    const lines = (rest + text).split('\n');
    rest = (lines.pop() ?? '').slice(0, chunkBytes);
    const newest = writtenAt === null ? null : newestStamp(lines);
    if (newest !== null && writtenAt !== null) offset = measureOffset(newest, writtenAt);
    const shift = offset ?? 0;
    const events: LogEvent[] = [];
    for (const line of lines) {
      const parsed = parseLogLine(line);
      if (parsed === null) continue;
      const { event, wallMs } = parsed;
      if (event.type === 'jail_stopped' || event.type === 'jail_started') continue;
      const wallEnd = event.type === 'increase' ? event.wallEnd : null;
      events.push({ ...event, at: wallMs + shift, endsAt: wallEnd === null ? null : wallEnd + shift });
    }
    if (events.length > 0) await onEvents(events);
  }

  async function calibrateFromEnd(opened: FileHandle, size: number): Promise<void> {
    const { mtimeMs } = await opened.stat();
    const from = Math.max(0, size - chunkBytes);
    const { bytesRead } = await opened.read(buffer, 0, chunkBytes, from);
    const newest = newestStamp(buffer.toString('utf8', 0, bytesRead).split('\n'));
    if (newest !== null) offset = measureOffset(newest, mtimeMs);
  }

  async function close(): Promise<void> {
    watcher?.close();
    watcher = null;
    const closing = handle;
    handle = null;
    await closing?.close();
  }

  const poll = setInterval(wake, pollMs);
  poll.unref();
  wake();
  return {
    offset: () => offset,
    ready: ready.promise,
    async stop() {
      stopped = true;
      clearInterval(poll);
      await running;
      await close();
    },
  };
}

function newestStamp(lines: readonly string[]): number | null {
  for (let index = lines.length - 1; index >= 0; index--) {
    const wall = readStamp(lines[index] ?? '');
    if (wall !== null) return wall;
  }
  return null;
}

/** Without the kernel's help (out of watches, odd file systems) the poll alone follows. */
function watchQuietly(file: string, wake: () => void, log: Log): FSWatcher | null {
  try {
    const watcher = watch(file, { persistent: false }, wake);
    watcher.on('error', (error) => {
      log.warn('fail2ban_log_watch_failed', { error });
      watcher.close();
    });
    return watcher;
  } catch (error) {
    log.warn('fail2ban_log_watch_failed', { error });
    return null;
  }
}
