/** One row for each option of each jail. */
import type { EffectiveJail } from './config-query.ts';

export type EffectiveRow = EffectiveJail['values'][number] & { key: string; jail: string; enabled: boolean };

export const effectiveRows = (items: readonly EffectiveJail[]): EffectiveRow[] =>
  items.flatMap(({ jail, enabled, values }) =>
    values.map((value) => ({ ...value, key: `${jail} ${value.option}`, jail, enabled })),
  );
