/** Where the lines of a test and of a replay come from. */
import type { LabSource, ReplayBody, TestBody } from './lab-query.ts';

export type LinesFrom =
  | { kind: 'log' | 'journal'; name: string }
  | { kind: 'history' | 'samples' }
  | { kind: 'paste'; text: string };

export const ranges = ['all', '24h', '7d', '30d'] as const;
export type Range = (typeof ranges)[number];

const hour = 3_600_000;
const lengths: Readonly<Record<Range, number | null>> = {
  all: null,
  '24h': 24 * hour,
  '7d': 168 * hour,
  '30d': 720 * hour,
};

/** The first that can be read; else what ships. */
export function firstSource(sources: readonly LabSource[]): LinesFrom {
  const usable = sources.find((one) => one.problem === null && one.kind !== 'history');
  return usable === undefined || usable.kind === 'history'
    ? { kind: 'samples' }
    : { kind: usable.kind, name: usable.name };
}

const pasted = (text: string): string[] => text.split(/\r?\n/).filter((line) => line !== '');
const tail = 2_000;

/** Null when there is nothing to test on. */
export function testSource(
  from: LinesFrom,
  samples: readonly string[] | undefined,
): Pick<TestBody, 'lines' | 'log_path' | 'journal' | 'tail'> | null {
  switch (from.kind) {
    case 'log':
      return { log_path: from.name, tail };
    case 'journal':
      return { journal: from.name, tail };
    case 'history':
      return null;
    case 'samples':
      return samples === undefined || samples.length === 0 ? null : { lines: [...samples] };
    case 'paste': {
      const lines = pasted(from.text).slice(0, 20_000);
      return lines.length === 0 ? null : { lines };
    }
  }
}

/** Null when these lines cannot be replayed. */
export function replaySource(from: LinesFrom): ReplayBody['source'] | null {
  switch (from.kind) {
    case 'log':
      return { log_path: from.name };
    case 'journal':
      return { journal: from.name };
    case 'history':
      return { history: true };
    case 'samples':
    case 'paste':
      return null;
  }
}

export function replaySpan(range: Range, now: number): Pick<ReplayBody, 'from'> {
  const length = lengths[range];
  return length === null ? {} : { from: new Date(now - length).toISOString() };
}
