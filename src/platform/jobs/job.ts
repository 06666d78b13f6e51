/** A background job, as a feature gives it to the scheduler. */
import type { Fence } from '../lock/fence.ts';

export interface Job {
  /** snake_case; the name of its runs. */
  name: string;
  everyMs: number;
  /** Each run has a row from its first moment on. Else one that took long, did something or failed has. */
  recorded?: true;
  /** Answers counts of what it did; all zero = nothing worth a row. */
  run(tools: JobTools): Promise<Record<string, number>>;
}

export interface JobTools {
  /** The job stops soon after it aborts. */
  signal: AbortSignal;
  /** Aborts when BanGUI is asked to end: a job of many batches stops at the edge of the next one, done so far. */
  ending: AbortSignal;
  /** What a job writes, it writes through this. */
  fence: Fence;
}
