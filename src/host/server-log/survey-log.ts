/** How fail2ban does by its own log: entries of the last while by level, and what went wrong, like with like. */
import { open } from 'node:fs/promises';
import { parseLogHead } from '../bans/parse-log-line.ts';
import { clockOf } from './entry-times.ts';
import { linesBackwards } from './lines-backwards.ts';
import { severityOf } from './log-entry.ts';

export interface TroubleGroup {
  level: string;
  logger: string;
  /** The newest of them, as written; cut. */
  message: string;
  count: number;
  /** ms UTC, of the newest. */
  lastAt: number;
}

export interface LogSurvey {
  /** Entries by level. */
  levels: Record<string, number>;
  /** Warnings and worse, the most frequent first. */
  groups: TroubleGroup[];
  /** ms UTC: what it covers, from then to now. Later than asked for when the log is too large to be read back so far. */
  from: number;
}

const mostBytes = 24 * 1024 * 1024;
const mostGroups = 200;
const shownGroups = 20;
const longestMessage = 500;

/** Entries of this log file since then, ms UTC. Throws what the file system throws. */
export async function surveyLog(file: string, since: number): Promise<LogSurvey> {
  const { toWall } = await clockOf(file);
  const sinceWall = toWall(since);
  const shift = since - sinceWall;
  const levels: Record<string, number> = {};
  const groups = new Map<string, TroubleGroup>();
  let from = since;
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    let oldest = Number.POSITIVE_INFINITY;
    for await (const lines of linesBackwards(handle, size)) {
      for (const line of lines.toReversed()) {
        const head = parseLogHead(line.text);
        if (head === null) continue;
        if (head.wallMs < sinceWall) return { levels, groups: ranked(groups), from };
        oldest = head.wallMs + shift;
        levels[head.level] = (levels[head.level] ?? 0) + 1;
        if (severityOf(head.level) >= severityOf('WARNING')) count(groups, head, oldest);
      }
      if (size - (lines[0]?.offset ?? size) < mostBytes) continue;
      from = oldest;
      break;
    }
    return { levels, groups: ranked(groups), from };
  } finally {
    await handle.close();
  }
}

/** Digits, addresses and what stands in quotes differ from one to the next of the same trouble. */
const kindOf = (message: string): string =>
  message
    .slice(0, longestMessage)
    .replaceAll(/'[^']*'|"[^"]*"/g, '…')
    .replaceAll(/[\da-f]*:[\da-f:.]+|\d[\d.]*|\b[\da-f]{6,}\b/gi, '…');

function count(
  groups: Map<string, TroubleGroup>,
  { level, logger, message }: { level: string; logger: string; message: string },
  at: number,
): void {
  const key = `${level} ${logger} ${kindOf(message)}`;
  const known = groups.get(key);
  if (known !== undefined) known.count += 1;
  else if (groups.size < mostGroups)
    groups.set(key, { level, logger, message: message.slice(0, longestMessage), count: 1, lastAt: at });
}

const ranked = (groups: ReadonlyMap<string, TroubleGroup>): TroubleGroup[] =>
  [...groups.values()]
    .toSorted((a, b) => severityOf(b.level) - severityOf(a.level) || b.count - a.count)
    .slice(0, shownGroups);
