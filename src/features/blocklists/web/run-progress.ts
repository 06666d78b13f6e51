/** How far a run is: what is counted now, out of how much, and when that will be done. */
import type { Run } from './blocklists-query.ts';

export interface Progress {
  unit: 'bytes' | 'lines' | 'rest';
  done: number;
  /** Of so much, as announced or as the version before had; null: not known. */
  of: number | null;
  /** 0 to 1; null when it is not known. */
  share: number | null;
  /** ms until this step is done; null when it is not known. */
  leftMs: number | null;
}

/** `before`: entries of the version before. */
export function progressOf(run: Run, before: number | null, now: number): Progress {
  const { counts, step } = run;
  if (step === 'download') {
    return progress('bytes', counts.bytes, counts.bytes_total, stepMs(run, now));
  }
  if (step === 'read') {
    // a list that has grown past the one before says nothing about how long it is
    const about = before !== null && before > counts.lines ? before : null;
    return progress('lines', counts.lines, about, stepMs(run, now));
  }
  return { unit: 'rest', done: counts.prefixes, of: null, share: step === null ? null : 1, leftMs: null };
}

function progress(unit: 'bytes' | 'lines', done: number, of: number | null, ms: number): Progress {
  const share = of === null || of === 0 ? null : Math.min(1, done / of);
  const leftMs = share === null || share === 0 || ms < settleMs ? null : (ms * (1 - share)) / share;
  return { unit, done, of, share, leftMs };
}

/** Before so much has passed a speed is a guess. */
const settleMs = 1000;

/** ms since the step began that is going on. */
function stepMs({ started_at: started, steps }: Run, now: number): number {
  if (started === null) return 0;
  const before = steps.reduce((sum, { ms }) => sum + (ms ?? 0), 0);
  return Math.max(0, now - Date.parse(started) - before);
}

export const isOpen = (run: Run): boolean => run.state === 'queued' || run.state === 'running';

/** Lines and entries that were left out, for whatever reason. */
export const leftOut = (run: Run): number => run.refusals.reduce((sum, { count }) => sum + count, 0);
