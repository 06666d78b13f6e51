/** How a jail was set at a time, as it is kept in `jail_settings`. */
import { z } from 'zod';
import type { JailRules } from '../../host/host.ts';

const text = z.string().nullable();

export const jailSettings = z.object({
  maxretry: z.number(),
  /** Seconds. */
  findtime: z.number(),
  /** Seconds, -1 = permanent. */
  bantime: z.number(),
  /** Null: bans of an address that returns are not longer. */
  increase: z
    .object({
      factor: text,
      formula: text,
      multipliers: text,
      maxTime: text,
      randomTime: text,
      overallJails: z.boolean(),
    })
    .nullable(),
  filter: z.object({
    expressions: z.array(z.string()),
    ignore: z.array(z.string()),
    prefix: text,
    datePattern: text,
    maxLines: z.number(),
    timeZone: text,
  }),
});

export type JailSettings = z.output<typeof jailSettings>;

export const settingsOf = ({
  maxRetry,
  findSeconds,
  banSeconds,
  increase,
  filter,
}: JailRules): JailSettings => ({
  maxretry: maxRetry,
  findtime: findSeconds,
  bantime: banSeconds,
  increase,
  filter,
});
