/** What was changed in the configuration, by whom and why, and the way back. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';
import { changeEnd, hostQuery, kind, reason, step } from './contract.ts';

const revisionHead = z.object({
  id: z.number().int(),
  at: z.iso.datetime(),
  actor: z.string(),
  reason: z.string().nullable(),
  action: z.enum(['write', 'delete', 'form', 'activate', 'deactivate', 'restore', 'server', 'outside']),
  result: z.enum(['pending', 'applied', 'refused', 'put_back', 'undone', 'finished', 'broken']),
  /** The revision that this one brought back. */
  restores: z.number().int().nullable(),
  files: z.array(
    z.object({
      kind,
      name: z.string(),
      path: z.string(),
      added: z.number().int(),
      removed: z.number().int(),
    }),
  ),
});

export const listRevisions = endpoint({
  method: 'GET',
  path: '/api/v1/config/revisions',
  summary: 'Changes of the configuration, the newest first',
  tag: 'configuration',
  access: 'session',
  query: hostQuery.extend({
    path: z.string().max(300).optional(),
    page_size: z.coerce.number().int().min(1).max(500).default(50),
    cursor: z.string().max(100).optional(),
  }),
  output: z.object({ items: z.array(revisionHead), next_cursor: z.string().nullable() }),
  status: 200,
});

export const readRevision = endpoint({
  method: 'GET',
  path: '/api/v1/config/revisions/{id}',
  summary: 'One change: its files before and after, a unified diff, and its steps',
  tag: 'configuration',
  access: 'session',
  params: z.object({ id: z.coerce.number().int().positive() }),
  query: hostQuery,
  output: revisionHead.extend({
    diff: z.string(),
    contents: z.array(
      z.object({ kind, name: z.string(), before: z.string().nullable(), after: z.string().nullable() }),
    ),
    steps: z.array(step),
  }),
  status: 200,
});

/** Brings the files back to what they were after that revision; `before: true` to what they were before it. */
export const restoreRevision = endpoint({
  method: 'POST',
  path: '/api/v1/config/revisions/{id}/restore',
  summary: 'Bring a revision back, by the same steps as any change',
  tag: 'configuration',
  access: 'session',
  params: z.object({ id: z.coerce.number().int().positive() }),
  query: hostQuery,
  body: z.object({ before: z.boolean().default(false), reason }).optional(),
  output: changeEnd,
  status: 200,
});
