/** A background job, as a feature gives it to the scheduler. */

export interface Job {
  /** snake_case; the name of its runs. */
  name: string;
  everyMs: number;
  /** Answers counts of what it did; all zero = nothing worth a row. Stops soon after `signal` aborts. */
  run(signal: AbortSignal): Promise<Record<string, number>>;
}
