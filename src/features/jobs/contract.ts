/** The background jobs and their runs. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';

const run = z.object({
  id: z.number().int(),
  job: z.string(),
  state: z.enum(['running', 'completed', 'failed', 'aborted']),
  started_at: z.iso.datetime(),
  /** Null while it runs. */
  ended_at: z.iso.datetime().nullable(),
  counts: z.record(z.string(), z.number()),
  /** Why it failed or was aborted. */
  error: z.string().nullable(),
  /** The instance that ran it. */
  holder: z.string(),
  /** The scheduler lock's token it ran under; grows each time an instance takes the lock. */
  fence: z.number().int(),
});

export const listJobs = endpoint({
  method: 'GET',
  path: '/api/v1/jobs',
  summary: 'The background jobs, and whether this instance runs them',
  tag: 'jobs',
  access: 'session',
  output: z.object({
    items: z.array(
      z.object({
        name: z.string(),
        every_seconds: z.number(),
        running: z.boolean(),
        /** The newest that did something, took long, or failed; others leave no trace. */
        last_run: run.nullable(),
      }),
    ),
    next_cursor: z.null(),
    total: z.number().int(),
    scheduler: z.enum(['running', 'standby', 'stopped']),
  }),
  status: 200,
});

export const runJob = endpoint({
  method: 'POST',
  path: '/api/v1/jobs/{name}/run',
  summary: 'Run a job now, or join its run under way; answers after 2 s at the latest',
  tag: 'jobs',
  access: 'session',
  params: z.object({ name: z.string().max(100) }),
  output: z.object({
    name: z.string(),
    state: z.enum(['running', 'completed']),
    counts: z.record(z.string(), z.number()),
  }),
  status: 202,
});

export const listRuns = endpoint({
  method: 'GET',
  path: '/api/v1/jobs/runs',
  summary: 'Runs of background jobs, the newest first',
  tag: 'jobs',
  access: 'session',
  query: z.object({
    job: z.string().max(100).optional(),
    state: run.shape.state.optional(),
    page_size: z.coerce.number().int().min(1).max(500).default(50),
    cursor: z.string().max(100).optional(),
  }),
  output: z.object({ items: z.array(run), next_cursor: z.string().nullable() }),
  status: 200,
});
