/** What the end of fail2ban's log says of each jail: its turns, errors, and complaints about dates. */
import { open } from 'node:fs/promises';
import { measureOffset, readStamp } from './bans/log-clock.ts';
import { zoneOf } from './bans/log-zone.ts';

/** A line, with its time in ms. */
export interface ToldLine {
  at: number;
  text: string;
}

export interface JailLog {
  /** When the oldest line was written that was read, ms; null when the log is empty. */
  since: number | null;
  /** When the jail was last started, reloaded or stopped. */
  turnOf(jail: string): (ToldLine & { kind: JailTurn }) | null;
  /** ERROR and CRITICAL lines that name the jail, the oldest first. */
  errorsOf(jail: string): ToldLine[];
  /** Warnings that fail2ban writes once a day for a jail, the oldest first. */
  warningsOf(jail: string): ToldLine[];
}

export type JailTurn = 'started' | 'reloaded' | 'stopped';

/** About eight thousand lines: an hour of a busy server, weeks of a quiet one. */
const tailBytes = 768 * 1024;
const mostKept = 2_000;
const longestLine = 1_000;
const turns = /fail2ban\.(?:jail|server)\s+\[\d+\]: INFO\s+Jail '(.+)' (started|reloaded|stopped)$/;
const level = /^.{23} fail2ban\.\S+\s+\[\d+\]: (WARNING|ERROR|CRITICAL)\s+(.*)$/;

/** Throws what the file system throws when it cannot be read. */
export async function readJailLog(file: string): Promise<JailLog> {
  const { text, writtenAt, whole } = await readTail(file);
  const lines = text.split('\n');
  // The first one is a part of a line when there is more before it.
  if (!whole) lines.shift();
  const newest = lines.map(readStamp).findLast((stamp) => stamp !== null) ?? null;
  const zone = zoneOf(newest === null ? null : { offset: measureOffset(newest, writtenAt), wallMs: newest });
  const turned = new Map<string, ToldLine & { kind: JailTurn }>();
  const errors: ToldLine[] = [];
  const warnings: ToldLine[] = [];
  let since: number | null = null;
  for (const line of lines) {
    const stamp = readStamp(line);
    if (stamp === null) continue;
    const told = { at: zone(stamp), text: line.slice(0, longestLine) };
    since ??= told.at;
    const [, jail, kind] = turns.exec(line) ?? [];
    if (jail !== undefined && isTurn(kind)) turned.set(jail, { ...told, kind });
    const [, weight] = level.exec(line) ?? [];
    if (weight === 'WARNING') warnings.push(told);
    else if (weight !== undefined) errors.push(told);
  }
  return {
    since,
    turnOf: (jail) => turned.get(jail) ?? null,
    errorsOf: (jail) => errors.slice(-mostKept).filter((line) => names(line.text, jail)),
    warningsOf: (jail) => warnings.slice(-mostKept).filter((line) => line.text.includes(`[${jail}] `)),
  };
}

const isTurn = (kind: string | undefined): kind is JailTurn =>
  kind === 'started' || kind === 'reloaded' || kind === 'stopped';

/** In brackets by the jail's own threads, in quotes by everybody else. */
const names = (text: string, jail: string): boolean =>
  text.includes(`[${jail}] `) || text.includes(`'${jail}'`);

async function readTail(file: string): Promise<{ text: string; writtenAt: number; whole: boolean }> {
  const handle = await open(file, 'r');
  try {
    const { size, mtimeMs } = await handle.stat();
    const from = Math.max(0, size - tailBytes);
    const buffer = Buffer.alloc(size - from);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
    return { text: buffer.toString('utf8', 0, bytesRead), writtenAt: mtimeMs, whole: from === 0 };
  } finally {
    await handle.close();
  }
}
