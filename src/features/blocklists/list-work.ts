/** Work on whole lists, off the main thread: one thread, started at first use and ended when idle. */
import type { CombineEnd, CombineJob, ReadCounts, ReadEnd, ReadJob } from './list-jobs.ts';

export interface ListWork {
  /** Throws AppError with codes `list_*`; the signal's reason when aborted: nothing is written then. */
  read(
    job: ReadJob,
    tools: { signal: AbortSignal; onProgress: (counts: ReadCounts) => void },
  ): Promise<ReadEnd>;
  combine(job: CombineJob, signal: AbortSignal): Promise<CombineEnd>;
  close(): Promise<void>;
}
