/** What holds blocklists in force: a jail of its own, whose action loads kernel sets. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';
import { hostQuery } from './contract.ts';

const count = z.number().int();
export const chains = ['INPUT', 'FORWARD', 'DOCKER-USER'] as const;
export const methods = ['ipset', 'bans'] as const;
/** Real bans go through fail2ban one by one, 100 to 150 a second. */
export const mostBans = 1_000;

export const enforcement = z.object({
  /** absent: not installed · installed: the jail runs · failed: it is installed, and does not do what it should; `detail` says why. */
  state: z.enum(['absent', 'installed', 'failed']),
  method: z.enum(methods).nullable(),
  chains: z.array(z.enum(chains)),
  /** In the kernel's sets now, as the action wrote them down. */
  entries_v4: count,
  entries_v6: count,
  loaded_at: z.iso.datetime().nullable(),
  /** A sentence. */
  detail: z.string().nullable(),
  /** What helps: a command, an act. */
  remedy: z.string().nullable(),
  /** True: the sets are not (yet) those of the newest lists. */
  behind: z.boolean(),
  /** Packets and bytes dropped by the rules, since `counted_since`; as of `counted_at`. */
  hits: z
    .object({
      packets: count,
      bytes: count,
      counted_since: z.iso.datetime(),
      counted_at: z.iso.datetime(),
    })
    .nullable(),
  /** Chains of the machine that fail2ban runs on; null: not known before it is installed. */
  available_chains: z.array(z.enum(chains)).nullable(),
  installed_by: z.string().nullable(),
  installed_at: z.iso.datetime().nullable(),
});
export type EnforcementView = z.output<typeof enforcement>;

export const readEnforcement = endpoint({
  method: 'GET',
  path: '/api/v1/blocklists/enforcement',
  summary: 'Whether blocklists are in force, and how',
  tag: 'blocklists',
  access: 'session',
  query: hostQuery,
  output: enforcement,
  status: 200,
});

const password = z.string().min(1).max(1_000);

/** Writes jail and action through the configuration transaction; 403 `wrong_password`, 422 with findings when it is refused. Installing again changes chains and method. */
export const installEnforcement = endpoint({
  method: 'POST',
  path: '/api/v1/blocklists/enforcement',
  summary: 'Install the jail and the action that enforce blocklists',
  tag: 'blocklists',
  access: 'session',
  query: hostQuery,
  body: z.object({
    password,
    method: z.enum(methods).default('ipset'),
    chains: z.array(z.enum(chains)).min(1).max(3).default(['INPUT']),
  }),
  output: enforcement,
  status: 200,
});

export const removeEnforcement = endpoint({
  method: 'DELETE',
  path: '/api/v1/blocklists/enforcement',
  summary: 'Remove jail, action, rules and sets',
  tag: 'blocklists',
  access: 'session',
  query: hostQuery,
  body: z.object({ password }),
  output: enforcement,
  status: 200,
});
