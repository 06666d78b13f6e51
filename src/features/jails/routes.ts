/** The endpoints of jails. */
import type { Kysely } from 'kysely';
import { askedRange } from '../../base/asked-range.ts';
import type { Clock } from '../../base/clock.ts';
import { notFound } from '../../base/errors.ts';
import type { Rehearse } from '../../host/config/refuse-broken.ts';
import type { Host } from '../../host/host.ts';
import { parseJailName } from '../../host/jail-name.ts';
import type { RegexEngine } from '../../host/regex/match-lines.ts';
import type { Audit } from '../../platform/audit.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Mount } from '../../platform/http/mount.ts';
import { readZone } from '../../platform/operator-zone.ts';
import { createActRows } from './act-rows.ts';
import { createJailActs, type JailActs, type Reload } from './acts.ts';
import { ignoreIn, ignoreInJails, unignore, unignoreInJails } from './change-ignores.ts';
import * as contract from './contract.ts';
import { refuseWhileChanging, requireJailName } from './entries.ts';
import { createFoundFailures } from './found-failures.ts';
import * as ignore from './ignore-contract.ts';
import { readIgnoredInJails, readIgnoreList } from './ignore-lists.ts';
import { createIgnoreRows } from './ignore-rows.ts';
import { createJailHealth } from './jail-health.ts';
import type { SharedLog } from './jail-log.ts';
import type { IgnoreKeeper } from './keep-ignores.ts';
import { createJailLists, healthOf, type Configured } from './list-jails.ts';
import { measureFilter } from './measure-filter.ts';
import { readDetail } from './read-jail.ts';

interface JailsRoutesDeps {
  mount: Mount;
  db: Kysely<Database>;
  host: Host;
  /** fail2ban's. */
  configDir: string;
  /** May be some seconds old. */
  configured: Configured;
  configuredNow: Configured;
  configuredOf: (jail: string) => Promise<ReadonlySet<string>>;
  log: SharedLog;
  keeper: Pick<IgnoreKeeper, 'putBack'>;
  reload: Reload;
  rehearse: Rehearse;
  engine: RegexEngine;
  audit: Audit;
  tell: () => void;
  now: Clock;
}

export function jailsRoutes(deps: JailsRoutesDeps): Pick<JailActs, 'reloadAll'> {
  const { mount, db, host, configDir, configured, log, keeper, engine, now } = deps;
  const rows = createActRows({ db, hostId: host.id });
  const health = createJailHealth({ host, log, now });
  const lists = createJailLists({ host, rows, configured, health });
  const acts = createJailActs({
    ...deps,
    configured: deps.configuredNow,
    rows,
    lists,
    putBack: async (jails) => void (await keeper.putBack(jails)),
    refuseWhileChanging: () => refuseWhileChanging({ db, hostId: host.id, now }),
  });
  const failures = createFoundFailures({ host, now });
  const ignores = { ...deps, rows: createIgnoreRows({ db, hostId: host.id }) };

  async function listed(inactive: boolean) {
    const items = await lists.list({ inactive });
    const { asOf } = host.status();
    return {
      items,
      next_cursor: null,
      total: items.length,
      as_of: asOf === null ? null : new Date(asOf).toISOString(),
    };
  }
  async function known(text: string) {
    const name = requireJailName(text);
    const view = await lists.one(name);
    if (view === null) throw notFound('fail2ban runs no jail of this name, and none is configured.');
    return { name, view };
  }

  mount(contract.listJails, ({ query }) => listed(query.include === 'inactive'));
  mount(contract.readJail, async ({ params }) => {
    const { name, view } = await known(params.name);
    return readDetail({ host, configDir }, name, view);
  });
  mount(contract.jailHealth, async ({ params, query }) => {
    const { name, view } = await known(params.name);
    const look = await health.look();
    const tried =
      query.measure === 'true' && parseJailName(view.name) !== null && view.ban_seconds !== null
        ? await measureFilter({ host, engine, now }, name, view.files)
        : null;
    const found = tried?.finding ?? null;
    const snapshot = host.status().jails.find((one) => one.name === name);
    const judged =
      found === null || snapshot === undefined ? view.health : healthOf([found, ...look.findings(snapshot)]);
    return {
      ...judged,
      unknown: unknownOf(look.reading.problem),
      as_of: new Date(look.at).toISOString(),
      measured: tried?.measured ?? null,
    };
  });
  mount(contract.jailFailures, async ({ params, query }) => {
    const { name } = await known(params.name);
    return failures.of(name, askedRange(query, now()), await readZone(db));
  });
  mount(contract.startJail, ({ params }, call) => acts.start(requireJailName(params.name), call));
  mount(contract.stopJail, ({ params }, call) => acts.stop(requireJailName(params.name), call));
  mount(contract.reloadJail, ({ params }, call) => acts.reload(requireJailName(params.name), call));
  mount(contract.idleJail, ({ params, body }, call) =>
    acts.idle(requireJailName(params.name), body.on, call),
  );
  mount(contract.reloadJails, async (_input, call) => {
    const { lost } = await acts.reloadAll(call);
    return { ...(await listed(false)), lost };
  });
  mount(ignore.listIgnored, ({ params }) => readIgnoreList(ignores, requireJailName(params.name)));
  mount(ignore.addIgnored, ({ params, body }, call) =>
    ignoreIn(ignores, { jail: requireJailName(params.name), body }, call),
  );
  mount(ignore.dropIgnored, ({ params, query }, call) =>
    unignore(ignores, { jail: requireJailName(params.name), text: query.entry }, call),
  );
  mount(ignore.listIgnoredInJails, () => readIgnoredInJails(ignores));
  mount(ignore.addIgnoredToJails, ({ body }, call) => ignoreInJails(ignores, body, call));
  mount(ignore.dropIgnoredInJails, ({ body }, call) => unignoreInJails(ignores, body, call));
  return acts;
}

/** What the score is silent about, so that nobody takes silence for health. */
function unknownOf(logProblem: string | null): { code: string; message: string }[] {
  const kernel = {
    code: 'kernel',
    message:
      'Whether its bans are in the firewall cannot be seen from here: that needs rights over the network, which BanGUI has not.',
  };
  if (logProblem === null) return [kernel];
  const lost = `${logProblem} Whether its actions fail and dates are read is not known.`;
  return [kernel, { code: 'log', message: lost }];
}
