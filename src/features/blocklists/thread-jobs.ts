/** All that the lists' thread is asked to do, and what it answers. */
import type { LoginQuestion, Logins } from '../../host/logins/read-logins.ts';
import type { CombineEnd, CombineJob, ReadCounts, ReadEnd, ReadJob } from './list-jobs.ts';
import type { FindEnd, FindJob, MeasureEnd, MeasureJob } from './measure-jobs.ts';

export type ListJob =
  | ({ kind: 'read' } & ReadJob)
  | ({ kind: 'combine' } & CombineJob)
  | ({ kind: 'measure' } & MeasureJob)
  | ({ kind: 'find' } & FindJob)
  | ({ kind: 'logins' } & LoginQuestion);
export type JobEnds = ReadEnd | CombineEnd | MeasureEnd | FindEnd | Logins;

/** What the thread says of the job it has. */
export type JobAnswer<End> =
  | { say: 'progress'; counts: ReadCounts }
  | { say: 'done'; end: End }
  | { say: 'refused'; status: number; code: string; message: string };
