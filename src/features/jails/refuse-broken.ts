/** Keeps a configuration that fail2ban would fail on from being loaded: it would drop every jail. */
import { AppError } from '../../base/errors.ts';
import type { Finding } from '../../host/config/change.ts';

/** Tries the configuration as it lies on disk; null when it cannot be tried. */
export type Rehearse = (signal: AbortSignal) => Promise<readonly Finding[] | null>;

const withinMs = 20_000;

/** Throws 422 with each error; for one jail, with those that would keep it from starting. */
export async function refuseBroken(rehearse: Rehearse, jail: string | null): Promise<void> {
  const findings = await rehearse(AbortSignal.timeout(withinMs));
  const errors = (findings ?? []).filter((one) => jail === null || one.jail === null || one.jail === jail);
  const [first] = errors;
  if (first === undefined) return;
  const more = errors.length === 1 ? '' : ` ${errors.length - 1} more errors stand beside it.`;
  throw new AppError(
    422,
    'configuration_broken',
    `Nothing was reloaded, every jail runs as before: ${first.message}${more}`,
    {
      fields: errors.map((one) => ({
        field: one.file === null ? (one.jail ?? 'configuration') : `${one.file}:${one.line ?? 1}`,
        message: one.message,
      })),
    },
  );
}
