/** Runs of lists: begin, look, cancel. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';
import { hostQuery, idParams } from './contract.ts';
import { blocklistRun, runStates } from './run-contract.ts';

const count = z.number().int();

/** Without `id`: every enabled source. 409 `blocklist_enforcement_absent` while nothing can enforce. */
export const importLists = endpoint({
  method: 'POST',
  path: '/api/v1/blocklists/import',
  summary: 'Fetch and enforce now',
  tag: 'blocklists',
  access: 'session',
  query: hostQuery,
  body: z
    .object({
      id: idParams.shape.id.optional(),
      /** Take a version that was held because it shrank or grew. Needs `id`. */
      accept_change: z.boolean().default(false),
    })
    .default({ accept_change: false }),
  /** Of the first run when several were queued. */
  output: z.object({ run_id: count, run_ids: z.array(count) }),
  status: 202,
});

export const listRuns = endpoint({
  method: 'GET',
  path: '/api/v1/blocklists/runs',
  summary: 'Runs, the newest first',
  tag: 'blocklists',
  access: 'session',
  query: hostQuery.extend({
    source_id: idParams.shape.id.optional(),
    state: z.enum(runStates).optional(),
    page_size: z.coerce.number().int().min(1).max(200).default(50),
    cursor: z.string().max(100).optional(),
  }),
  output: z.object({ items: z.array(blocklistRun), next_cursor: z.string().nullable() }),
  status: 200,
});

export const readRun = endpoint({
  method: 'GET',
  path: '/api/v1/blocklists/runs/{id}',
  summary: 'One run',
  tag: 'blocklists',
  access: 'session',
  params: idParams,
  query: hostQuery,
  output: blocklistRun,
  status: 200,
});

/** It stops at the edge of its next batch; what is in force stays. 409 `run_over` when it has ended. */
export const cancelRun = endpoint({
  method: 'POST',
  path: '/api/v1/blocklists/runs/{id}/cancel',
  summary: 'Cancel a run',
  tag: 'blocklists',
  access: 'session',
  params: idParams,
  query: hostQuery,
  output: blocklistRun,
  status: 202,
});
