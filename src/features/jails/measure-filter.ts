/** How long a jail's expressions take on the newest lines of its log, timed by fail2ban's own engine in a cage. */
import { open } from 'node:fs/promises';
import type { EndpointOutput } from '../../base/endpoint.ts';
import type { Host, JailName } from '../../host/host.ts';
import type { RegexEngine } from '../../host/regex/match-lines.ts';
import type { jailHealth } from './contract.ts';
import type { Finding } from './judge-jail.ts';

type Measured = NonNullable<EndpointOutput<typeof jailHealth>['measured']>;

interface MeasureDeps {
  host: Host;
  engine: RegexEngine;
  now: () => number;
}

const tailBytes = 64 * 1024;
const mostLines = 200;
/** A busy server writes hundreds of lines a second, and one thread reads all of them. */
const slowMs = 20;

export async function measureFilter(
  { host, engine, now }: MeasureDeps,
  jail: JailName,
  files: readonly string[],
): Promise<{ measured: Measured; finding: Finding | null }> {
  const nothing = (sentence: string): { measured: Measured; finding: null } => ({
    measured: { lines: 0, ms_per_line: null, sentence },
    finding: null,
  });
  const [file] = files;
  if (file === undefined) return nothing('It reads no file whose lines could be tried.');
  const lines = await newestLines(file);
  if (lines === null) return nothing('BanGUI may not read its log.');
  if (lines.length === 0) return nothing('Its log is empty.');
  const { filter } = await host.rulesOf(jail);
  const began = performance.now();
  const outcome = await engine.matchLines({
    expressions: filter.expressions,
    ignore: filter.ignore,
    prefix: filter.prefix,
    datePattern: filter.datePattern,
    timeZone: filter.timeZone,
    maxLines: filter.maxLines,
    lines,
    at: now(),
  });
  if (outcome.kind !== 'answered') return nothing(outcome.sentence);
  // The engine's own start, some 0.3 s, is in it: a bound, and far below what a slow expression takes.
  const each = (performance.now() - began) / lines.length;
  const slow = [...outcome.answer.expressions, ...outcome.answer.ignore].find((one) => one.slow);
  const finding: Finding | null =
    slow === undefined && each < slowMs
      ? null
      : {
          code: 'filter-slow',
          severity: slow === undefined ? 'warn' : 'bad',
          message:
            slow === undefined
              ? `Its filter takes ${Math.round(each)} ms a line.`
              : `One of its expressions takes more than half a second for a line: ${slow.text.slice(0, 200)}`,
          since: null,
        };
  const sentence = `${lines.length} lines tried, at most ${each.toFixed(1)} ms each.`;
  return { measured: { lines: lines.length, ms_per_line: each, sentence }, finding };
}

/** Null when it cannot be read. */
async function newestLines(file: string): Promise<string[] | null> {
  try {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      const from = Math.max(0, size - tailBytes);
      const buffer = Buffer.alloc(Math.min(size, tailBytes));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
      const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
      return lines
        .slice(from === 0 ? 0 : 1)
        .filter((line) => line !== '')
        .slice(-mostLines);
    } finally {
      await handle.close();
    }
  } catch {
    return null;
  }
}
