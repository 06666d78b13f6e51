/** How a jail was set at a time, as it is kept in `jail_settings`. */
import { z } from 'zod';
import type { Host, JailSnapshot } from '../../host/host.ts';

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

/** As fail2ban has it now. Some ten small questions, answered within a millisecond or two. */
export async function askSettings(host: Host, jail: JailSnapshot): Promise<JailSettings> {
  return {
    maxretry: jail.maxRetry,
    findtime: jail.findSeconds,
    bantime: jail.banSeconds,
    increase: await host.increaseOf(jail.name),
    filter: await host.filterOf(jail.name),
  };
}
