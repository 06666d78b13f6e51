/** The endpoints that put lists in force, change how, and take them out of force as a whole. */
import type { Clock } from '../../base/clock.ts';
import { refusalOf } from '../../host/config/change-refusal.ts';
import type { BlocklistHost } from '../../host/blocklist/blocklist-host.ts';
import type { Audit } from '../../platform/audit.ts';
import { transact } from '../../platform/db/transact.ts';
import type { Call, Mount } from '../../platform/http/mount.ts';
import * as contract from './enforcement-contract.ts';
import type { Enforcer } from './enforcer.ts';
import { enforcementView } from './enforcement-view.ts';
import { combinedOf, readEnforcementRow } from './in-force.ts';
import { queueRun } from './run-rows.ts';
import { told } from './source-changes.ts';
import { readSourceRows, type RowsDeps } from './source-rows.ts';
import { tooManyBans } from './too-many-bans.ts';

interface EnforcementRoutesDeps extends RowsDeps {
  mount: Mount;
  blocklist: Omit<BlocklistHost, 'load'>;
  enforcer: Pick<Enforcer, 'isEqual'>;
  /** Throws 403 for a wrong password, 429 after too many. */
  requirePassword: (call: Call, password: string) => Promise<void>;
  /** fail2ban's. */
  configDir: string;
  audit: Audit;
  hurry: () => void;
  now: Clock;
}

export function enforcementRoutes(deps: EnforcementRoutesDeps): void {
  const { mount, requirePassword, hurry } = deps;
  mount(contract.readEnforcement, () => look(deps));
  mount(contract.installEnforcement, async ({ body: { password, ...wanted } }, call) => {
    await requirePassword(call, password);
    await install(deps, wanted, call);
    hurry();
    return look(deps);
  });
  mount(contract.removeEnforcement, async ({ body }, call) => {
    await requirePassword(call, body.password);
    await remove(deps, call);
    return look(deps);
  });
}

async function look(deps: EnforcementRoutesDeps): Promise<contract.EnforcementView> {
  const { blocklist, enforcer } = deps;
  const row = await readEnforcementRow(deps);
  const [status, running, equal] = await Promise.all([
    blocklist.status(),
    row === undefined ? false : blocklist.isInstalled(),
    enforcer.isEqual(),
  ]);
  return enforcementView({ row, status, running, equal });
}

interface Wanted {
  method: 'ipset' | 'bans';
  chains: contract.EnforcementView['chains'];
}

/** Throws 409 for lists too long for bans, and what the transaction of the configuration refuses. */
async function install(deps: EnforcementRoutesDeps, wanted: Wanted, call: Call): Promise<void> {
  const { db, hostId, blocklist, configDir, now } = deps;
  if (wanted.method === 'bans') await refuseLong(deps);
  const actor = call.actor?.name ?? '';
  const before = await readEnforcementRow(deps);
  const values = { method: wanted.method, chains: JSON.stringify(wanted.chains), actor, installed_at: now() };
  // First: a process that ends in between leaves something that says so, and that installing again repairs.
  await db
    .insertInto('blocklist_enforcement')
    .values({ host_id: hostId, ...values, hits: null, combined: null })
    .onConflict((conflict) => conflict.column('host_id').doUpdateSet(values))
    .execute();
  const putBack = async (): Promise<void> => {
    const row = db.deleteFrom('blocklist_enforcement').where('host_id', '=', hostId);
    if (before === undefined) await row.execute();
    else await db.updateTable('blocklist_enforcement').set(before).where('host_id', '=', hostId).execute();
  };
  try {
    const end = await blocklist.install(wanted, { actor, client: call.client });
    const refusal = await refusalOf(configDir, end, []);
    if (refusal !== null) throw refusal;
  } catch (error) {
    await putBack();
    throw error;
  }
  await queueRun(db, { hostId, source: null, cause: 'enforcement', actor, at: now() });
  await told(deps, call, { action: 'blocklists.install', target: wanted.method, detail: { ...wanted } });
}

async function refuseLong(deps: EnforcementRoutesDeps): Promise<void> {
  const row = await readEnforcementRow(deps);
  const combined = row === undefined ? null : combinedOf(row);
  const listed = (await readSourceRows(deps)).reduce(
    (sum, { enabled, entries }) => sum + (enabled === 1 ? (entries ?? 0) : 0),
    0,
  );
  // what was put together counts overlaps once
  const entries = combined === null ? listed : Math.min(listed, combined.v4_entries + combined.v6_entries);
  if (entries > contract.mostBans) throw tooManyBans(entries);
}

async function remove(deps: EnforcementRoutesDeps, call: Call): Promise<void> {
  const { db, hostId, blocklist, configDir, now } = deps;
  const actor = call.actor?.name ?? '';
  const end = await blocklist.remove({ actor, client: call.client });
  const refusal = await refusalOf(configDir, end, []);
  if (refusal !== null) throw refusal;
  await transact(db, async (transaction) => {
    await transaction.deleteFrom('blocklist_enforcement').where('host_id', '=', hostId).execute();
    await transaction
      .updateTable('blocklist_runs')
      .set({
        state: 'aborted',
        ended_at: now(),
        error: JSON.stringify({ code: 'enforcement_removed', message: 'The enforcement was removed.' }),
      })
      .where('host_id', '=', hostId)
      .where('state', '=', 'queued')
      .where('cause', '!=', 'simulation')
      .execute();
  });
  await told(deps, call, { action: 'blocklists.remove', target: 'enforcement', detail: {} });
}
