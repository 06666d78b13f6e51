/** Keeps a configuration that fail2ban would fail on from being loaded: a reload drops every jail, a start does not happen. */
import { AppError } from '../../base/errors.ts';
import type { Finding } from './change.ts';

/** Tries the configuration as it lies on disk; null when it cannot be tried. */
export type Rehearse = (signal: AbortSignal) => Promise<readonly Finding[] | null>;

/** Longer than the slowest machine needs for the largest configuration. */
const withinMs = 60_000;
const mostTold = 100;

/**
 * Throws 422 with each error; for one jail, with those that would keep it from starting. Answers whether it could be
 * tried.
 */
export async function refuseBroken(rehearse: Rehearse, jail: string | null): Promise<boolean> {
  const findings = await rehearse(AbortSignal.timeout(withinMs));
  const errors = (findings ?? []).filter((one) => jail === null || one.jail === null || one.jail === jail);
  const [first] = errors;
  if (first === undefined) return findings !== null;
  const more = errors.length === 1 ? '' : ` ${errors.length - 1} more errors stand beside it.`;
  throw new AppError(
    422,
    'configuration_broken',
    `Nothing was loaded, every jail runs as before: ${first.message}${more}`,
    { fields: errors.slice(0, mostTold).map((one) => ({ field: placeOf(one), message: one.message })) },
  );
}

const placeOf = ({ file, line, jail, option }: Finding): string =>
  file === null
    ? [jail, option].filter((part) => part !== null).join(' ') || 'configuration'
    : `${file}:${line ?? 1}`;
