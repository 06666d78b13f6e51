/** A run of a list, as everybody sees it: how it stands, its steps, counts and refusals. */
import { z } from 'zod';

const count = z.number().int();
const instant = z.iso.datetime();

export const refusalKinds = [
  'not_an_address',
  'reserved',
  'too_wide',
  'host_bits',
  'own',
  'gateway',
  'allowed',
  'ignored',
] as const;

/**
 * What the numbers count. lines: that held something else than a comment · valid: entries read from them · invalid: lines that are no entry ·
 * reserved: entries in special-purpose ranges, or too wide · allowed: entries taken out, whole or in part, for own,
 * gateway, allow-listed and ignored addresses · duplicates: entries that others hold already · prefixes: what is left, merged.
 * added, removed: addresses more and fewer than in the version before (IPv6: networks).
 */
export const runCounts = z.object({
  lines: count,
  valid: count,
  invalid: count,
  reserved: count,
  allowed: count,
  duplicates: count,
  prefixes: count,
  added: count,
  removed: count,
  /** Of the download so far, and of the whole one as announced; null: not told. */
  bytes: count,
  bytes_total: count.nullable(),
  /** In the kernel's sets after the run, both families, of all lists; null: not reached. */
  enforced: count.nullable(),
});
export type RunCounts = z.output<typeof runCounts>;

export const runStates = [
  'queued',
  'running',
  'completed',
  'unchanged',
  'held',
  'failed',
  'aborted',
] as const;
export const runSteps = ['download', 'read', 'compare', 'simulate', 'combine', 'enforce'] as const;

export const runStep = z.object({
  name: z.enum(runSteps),
  outcome: z.enum(['running', 'done', 'failed', 'not_reached']),
  ms: count.nullable(),
  /** A sentence: `14.2 MB, changed`. */
  detail: z.string(),
});

export const refusal = z.object({
  kind: z.enum(refusalKinds),
  count,
  /** At most 20. */
  examples: z.array(
    z.object({
      /** Null where lines do not matter (JSON). */
      line: count.nullable(),
      /** As the list has it, cut after 200 characters. */
      text: z.string(),
      /** What it meets: the reserved range's name, the allowed entry and its owner. */
      meets: z.string().nullable(),
    }),
  ),
});
export type Refusal = z.output<typeof refusal>;

/** held: the new version waits for a person, the one before stays in force. */
export const blocklistRun = z.object({
  id: count,
  /** Null: all lists were put together anew. */
  source_id: count.nullable(),
  source_name: z.string(),
  cause: z.enum(['schedule', 'person', 'simulation', 'change', 'enforcement']),
  actor: z.string().nullable(),
  state: z.enum(runStates),
  queued_at: instant,
  started_at: instant.nullable(),
  ended_at: instant.nullable(),
  step: z.enum(runSteps).nullable(),
  steps: z.array(runStep),
  counts: runCounts,
  refusals: z.array(refusal),
  /** Code and sentence: why it failed, was held or was aborted. */
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type BlocklistRun = z.output<typeof blocklistRun>;
