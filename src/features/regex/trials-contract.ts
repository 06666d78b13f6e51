/** Saved trials, under a number that can be passed on. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';
import { storable } from '../../base/storable.ts';
import { sourceKind, trial } from './contract.ts';

const query = z.object({ host: z.literal('local').default('local') });
const count = z.number().int();
const instant = z.iso.datetime();
const name = z.string().min(1).max(200);

const trialBody = z.object({
  name: storable(z.string().trim().min(1).max(200)),
  jail: name.optional(),
  filter: name.optional(),
  trial,
  /** Pasted ones. */
  lines: z.array(z.string().max(20_000)).max(2_000).optional(),
  source: z.object({ kind: sourceKind, name: z.string().max(4096) }).optional(),
});
const savedTrial = z.object({
  id: count,
  name: z.string(),
  actor: z.string(),
  created_at: instant,
  changed_at: instant,
  jail: z.string().nullable(),
});

export const listTrials = endpoint({
  method: 'GET',
  path: '/api/v1/config/trials',
  summary: 'Saved trials, the newest first',
  tag: 'laboratory',
  access: 'session',
  query,
  output: z.object({ items: z.array(savedTrial), next_cursor: z.null(), total: count }),
  status: 200,
});

export const saveTrial = endpoint({
  method: 'POST',
  path: '/api/v1/config/trials',
  summary: 'Save a trial, so that its link can be passed on',
  tag: 'laboratory',
  access: 'session',
  query,
  body: trialBody,
  output: savedTrial,
  status: 201,
});

const trialParams = z.object({ id: z.coerce.number().int().positive() });

export const readTrial = endpoint({
  method: 'GET',
  path: '/api/v1/config/trials/{id}',
  summary: 'A saved trial',
  tag: 'laboratory',
  access: 'session',
  params: trialParams,
  query,
  output: savedTrial.extend({ content: trialBody }),
  status: 200,
});

export const changeTrial = endpoint({
  method: 'PUT',
  path: '/api/v1/config/trials/{id}',
  summary: 'Replace a saved trial',
  tag: 'laboratory',
  access: 'session',
  params: trialParams,
  query,
  body: trialBody,
  output: savedTrial,
  status: 200,
});

export const deleteTrial = endpoint({
  method: 'DELETE',
  path: '/api/v1/config/trials/{id}',
  summary: 'Delete a saved trial',
  tag: 'laboratory',
  access: 'session',
  params: trialParams,
  query,
  status: 204,
});
