/** The thread of `list-work.ts`: one job at a time. */
import { parentPort } from 'node:worker_threads';
import { AppError } from '../../base/errors.ts';
import { readLogins } from '../../host/logins/read-logins.ts';
import { combineLists } from './combine-lists.ts';
import { findInFiles, measureFiles } from './measure-files.ts';
import { readList } from './read-list.ts';
import type { JobAnswer, JobEnds, ListJob } from './thread-jobs.ts';

const port = parentPort;
if (port === null) throw new Error('list-work-thread.ts is a thread, no program');
const say = (answer: JobAnswer<JobEnds>): void => port.postMessage(answer);

port.on('message', (job: ListJob) => void work(job));

async function work(job: ListJob): Promise<void> {
  try {
    say({ say: 'done', end: await run(job) });
  } catch (error) {
    // what nobody expects ends the thread, with all that it holds
    if (!(error instanceof AppError)) throw error;
    say({ say: 'refused', status: error.status, code: error.code, message: error.message });
  }
}

function run(job: ListJob): Promise<JobEnds> {
  switch (job.kind) {
    case 'read':
      return readList(job, (counts) => say({ say: 'progress', counts }));
    case 'combine':
      return combineLists(job);
    case 'measure':
      return measureFiles(job);
    case 'find':
      return findInFiles(job);
    case 'logins':
      return readLogins(job);
    default:
      return job satisfies never;
  }
}
