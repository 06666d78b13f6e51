/** Whether lists are in force, and what keeps them from it, in sentences. */
import { z } from 'zod';
import type { ActionStatus } from '../../host/blocklist/action-status.ts';
import { chains, methods, type EnforcementView } from './enforcement-contract.ts';
import { hitsOf, type EnforcementRow } from './in-force.ts';

interface Seen {
  /** Undefined: nothing was installed. */
  row: EnforcementRow | undefined;
  status: ActionStatus | null;
  /** Configured, and the jail runs. */
  running: boolean;
  /** What fail2ban holds is what should be in force. */
  equal: boolean;
}

export function enforcementView({ row, status, running, equal }: Seen): EnforcementView {
  const available = status === null || status.chains.length === 0 ? null : status.chains;
  if (row === undefined) return { ...absent, available_chains: available };
  const trouble = troubleOf(row, status, running);
  const hits = hitsOf(row);
  return {
    state: trouble === null ? 'installed' : 'failed',
    method: methodOf(row),
    chains: z.array(z.enum(chains)).parse(JSON.parse(row.chains)),
    entries_v4: running ? (status?.entriesV4 ?? 0) : 0,
    entries_v6: running ? (status?.entriesV6 ?? 0) : 0,
    loaded_at: iso(status?.loadedAt ?? null),
    detail: trouble?.detail ?? (status?.lost.join(' ') || null),
    remedy: trouble?.remedy ?? null,
    behind: !equal,
    hits:
      hits === null
        ? null
        : {
            packets: hits.before.packets + hits.packets,
            bytes: hits.before.bytes + hits.bytes,
            counted_since: new Date(hits.since).toISOString(),
            counted_at: new Date(hits.counted_at).toISOString(),
          },
    available_chains: available,
    installed_by: row.actor,
    installed_at: iso(row.installed_at),
  };
}

const absent: EnforcementView = {
  state: 'absent',
  method: null,
  chains: [],
  entries_v4: 0,
  entries_v6: 0,
  loaded_at: null,
  detail: null,
  remedy: null,
  behind: false,
  hits: null,
  available_chains: null,
  installed_by: null,
  installed_at: null,
};

const methodOf = ({ method }: EnforcementRow) => z.enum(methods).parse(method);

function troubleOf(
  row: EnforcementRow,
  status: ActionStatus | null,
  running: boolean,
): { detail: string; remedy: string | null } | null {
  if (!running)
    return {
      detail: 'fail2ban does not run the jail blocklist-import: no list is in force.',
      remedy: 'Start fail2ban; if it runs, install the enforcement again.',
    };
  if (methodOf(row) === 'ipset' && status?.ipset === null)
    return {
      detail: 'The program ipset is missing where fail2ban runs: no list is in force.',
      remedy: 'apt install ipset',
    };
  if (status?.state === 'failed')
    return {
      detail: status.error ?? 'fail2ban’s action could not load the lists.',
      remedy: 'What was in force before still is. Look at fail2ban’s log; BanGUI tries again.',
    };
  return null;
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
