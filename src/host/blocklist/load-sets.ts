/** Has fail2ban load the list file into the kernel's sets, and waits until its action says that it did. */
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Reloader } from '../reload.ts';
import { readStatus, statusStamp } from './action-status.ts';
import { blocklistJail, listFile } from './jail-files.ts';
import { fileMark } from './names.ts';

/**
 * absent: nothing is put in force · failed: the sets hold what they held before, unless `reason` says otherwise ·
 * late: it was not heard of in time, and may still come.
 */
export type LoadEnd =
  | { outcome: 'loaded'; entriesV4: number; entriesV6: number; ms: number }
  | { outcome: 'failed' | 'absent' | 'late'; reason: string };

interface LoadDeps {
  dir: string;
  reloader: Reloader;
}

const lookEveryMs = 50;
/** An action that runs writes something down within a second, on a machine that is not too busy. */
const firstWordMs = 30_000;
/** A restore that was killed says nothing more; asking again is harmless while one runs. */
const askAgainMs = 30_000;
/** For a list of any size, and for each MB of it; a kernel takes 0.2 s for a MB. */
const [deadlineMs, deadlineMsPerMb] = [300_000, 1_000];

export async function loadSets(
  { dir, reloader }: LoadDeps,
  id: string,
  signal: AbortSignal,
): Promise<LoadEnd> {
  const began = performance.now();
  const list = join(dir, listFile);
  const { size } = await stat(list).catch(() => ({ size: 0 }));
  const deadline = began + deadlineMs + (size / 1e6) * deadlineMsPerMb;
  let written = untilWritten(dir);
  let restarted = false;
  for (;;) {
    if ((await idOf(list)) !== id) return failed(otherFile);
    const asked = await reloader.reload([blocklistJail], { restart: restarted });
    if (!asked.ok) return failed(asked.said);
    const isHeard = await written.within(firstWordMs, signal);
    // While another list is being restored, this one waits for its turn and is silent.
    if (!isHeard && (await readStatus(dir))?.state !== 'loading') {
      if (restarted) return failed(unheard(dir));
      // A jail whose action failed to start does not run it at a reload.
      restarted = true;
      continue;
    }
    restarted = false;
    const end = await heard(dir, { id, until: Math.min(deadline, performance.now() + askAgainMs), signal });
    if (end !== null) return end.outcome === 'loaded' ? { ...end, ms: performance.now() - began } : end;
    if (performance.now() >= deadline)
      return { outcome: 'late', reason: 'fail2ban’s action has not loaded the list in time.' };
    written = untilWritten(dir);
  }
}

/** Whether another status is written than the one that lies there when this is called. */
export function untilWritten(dir: string): {
  /** False when the time, ms, is over. */
  within(ms: number, signal?: AbortSignal): Promise<boolean>;
} {
  const before = statusStamp(dir);
  return {
    async within(ms, signal) {
      const until = performance.now() + ms;
      for (;;) {
        // One that is gone counts too: the disk was full.
        if ((await statusStamp(dir)) !== (await before)) return true;
        if (performance.now() > until) return false;
        await delay(lookEveryMs, undefined, { signal });
      }
    },
  };
}

/** The id in a list file's first line; null when there is no such file. */
async function idOf(path: string): Promise<string | null> {
  const handle = await open(path).catch(() => null);
  if (handle === null) return null;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0);
    const [first = ''] = buffer.toString('latin1', 0, bytesRead).split('\n');
    return first.startsWith(`${fileMark} `) ? first.slice(fileMark.length + 1) : null;
  } finally {
    await handle.close();
  }
}

/** Null when nothing was decided in time. */
async function heard(
  dir: string,
  { id, until, signal }: { id: string; until: number; signal: AbortSignal },
): Promise<LoadEnd | null> {
  for (;;) {
    const status = await readStatus(dir);
    if (status?.tried === id && status.id === id && status.state === 'loaded')
      return { outcome: 'loaded', entriesV4: status.entriesV4, entriesV6: status.entriesV6, ms: 0 };
    if (status?.tried === id && status.state === 'failed')
      return failed(status.error ?? 'fail2ban’s action failed.');
    if (performance.now() > until) return null;
    await delay(lookEveryMs, undefined, { signal });
  }
}

export const otherFile = 'The list file is missing, or is another than the one to be loaded.';
const failed = (reason: string): LoadEnd => ({ outcome: 'failed', reason });

const unheard = (dir: string): string =>
  `fail2ban’s action wrote nothing down. It must see ${dir} under the same path, and be able to write there.`;
