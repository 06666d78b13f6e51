/** Puts entries on ignore lists and takes them off: kept here with owner, reason and end. */
import type { Kysely } from 'kysely';
import { parseAddress, prefixLength, family } from '../../base/address.ts';
import type { Clock } from '../../base/clock.ts';
import type { EndpointInput, EndpointOutput } from '../../base/endpoint.ts';
import { AppError, conflict, notFound } from '../../base/errors.ts';
import type { Host, JailName } from '../../host/host.ts';
import { parseIgnoreEntry, type IgnoreEntry } from '../../host/ignore-entry.ts';
import type { Audit } from '../../platform/audit.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Call } from '../../platform/http/mount.ts';
import { requireJailName, requireOnline } from './entries.ts';
import type { addIgnored, addIgnoredToJails, dropIgnored, dropIgnoredInJails } from './ignore-contract.ts';
import { bannedAmong, readIgnoreList } from './ignore-lists.ts';
import type { IgnoreRows } from './ignore-rows.ts';
import { readWanted, type Wanted } from './read-wanted.ts';

export interface ChangeDeps {
  db: Kysely<Database>;
  host: Host;
  rows: IgnoreRows;
  configuredOf: (jail: string) => Promise<ReadonlySet<string>>;
  audit: Audit;
  tell: () => void;
  now: Clock;
}

type Caller = Pick<Call, 'actor' | 'client'>;
type Body = EndpointInput<typeof addIgnored>['body'];
type Outcome = 'added' | 'changed' | 'already_ignored';

/** Throws 422 for an entry or an end that cannot be, 404 for a jail that does not run, 409 when it is ignored already. */
export async function ignoreIn(
  deps: ChangeDeps,
  { jail, body }: { jail: JailName; body: Body },
  call: Caller,
): Promise<EndpointOutput<typeof addIgnored>> {
  const wanted = readWanted(body, deps.now());
  requireOnline(deps.host);
  const outcome = await put(deps, jail, wanted, call);
  if (outcome === 'already_ignored') {
    throw conflict(
      'already_ignored',
      `${jail} ignores ${wanted.entry} already, and not by an entry of BanGUI.`,
    );
  }
  deps.tell();
  return { ...(await readIgnoreList(deps, jail)), ...(await aboutEntry(deps, wanted.entry, [jail])) };
}

/** The same in several jails; nothing is done unless each of them runs. */
export async function ignoreInJails(
  deps: ChangeDeps,
  body: EndpointInput<typeof addIgnoredToJails>['body'],
  call: Caller,
): Promise<EndpointOutput<typeof addIgnoredToJails>> {
  const wanted = readWanted(body, deps.now());
  requireOnline(deps.host);
  const running = (await deps.host.refresh()).jails.map(({ name }) => name);
  const jails = body.jails === 'all' ? running : [...new Set(body.jails.map(requireJailName))];
  const unknown = jails.find((jail) => !running.includes(jail));
  if (unknown !== undefined) throw notFound(`fail2ban runs no jail “${unknown}”. Nothing was done.`);
  const results: EndpointOutput<typeof addIgnoredToJails>['results'] = [];
  for (const jail of jails) {
    try {
      results.push({ jail, outcome: await put(deps, jail, wanted, call), detail: null });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      results.push({ jail, outcome: 'failed', detail: error.message });
    }
  }
  deps.tell();
  const ignoring = results.filter(({ outcome }) => outcome !== 'failed').map((result) => result.jail);
  return { results, ...(await aboutEntry(deps, wanted.entry, ignoring)) };
}

async function put(deps: ChangeDeps, jail: JailName, wanted: Wanted, call: Caller): Promise<Outcome> {
  const { host, rows, audit, now } = deps;
  const { entry, reason, expiresAt } = wanted;
  const held = (await host.ignoreList(jail)).includes(entry);
  const ours = await rows.has(jail, entry);
  if (held && !ours) return 'already_ignored';
  const actor = call.actor?.name ?? '';
  // Before fail2ban hears of it: what is not written down would never end.
  await rows.put({ jail, entry, actor, reason, created_at: now(), expires_at: expiresAt });
  const detail = { entry, reason, expires_at: expiresAt };
  const told = { actor, client: call.client, hostId: host.id, action: 'jails.ignore', target: jail, detail };
  try {
    if (!held) await host.addIgnore(jail, entry);
  } catch (error) {
    if (!ours) await rows.remove(jail, entry);
    await audit({ ...told, outcome: 'failed' });
    throw error;
  }
  await audit({ ...told, outcome: 'done' });
  return ours ? 'changed' : 'added';
}

/** Throws 404 when the jail does not ignore it. */
export async function unignore(
  deps: ChangeDeps,
  { jail, text }: { jail: JailName; text: string },
  call: Caller,
): Promise<EndpointOutput<typeof dropIgnored>> {
  requireOnline(deps.host);
  // Others may have set what no entry of ours could be; it is found by its own spelling.
  const comesBack = await take(deps, { jail, entry: parseIgnoreEntry(text) ?? text }, call);
  deps.tell();
  return { ...(await readIgnoreList(deps, jail)), comes_back: comesBack };
}

/**
 * In several jails what was made here; `all`: wherever it stands. Throws 404 when it stands in none, or not in one of
 * those named: then nothing is done.
 */
export async function unignoreInJails(
  deps: ChangeDeps,
  body: EndpointInput<typeof dropIgnoredInJails>['body'],
  call: Caller,
): Promise<EndpointOutput<typeof dropIgnoredInJails>> {
  const { host, rows, tell } = deps;
  requireOnline(host);
  const entry = parseIgnoreEntry(body.entry) ?? body.entry;
  const holding = (await rows.all()).filter((row) => row.entry === entry).map(({ jail }) => jail);
  const jails = body.jails === 'all' ? holding : [...new Set(body.jails)];
  const without = jails.find((jail) => !holding.includes(jail));
  if (without !== undefined)
    throw notFound(`No entry ${entry} of ${without} was made here. Nothing was done.`);
  if (jails.length === 0) throw notFound(`No entry ${entry} was made here.`);
  const running = new Set<string>((await host.refresh()).jails.map(({ name }) => name));
  const results: EndpointOutput<typeof dropIgnoredInJails>['results'] = [];
  const comesBack: string[] = [];
  for (const name of jails) {
    const jail = requireJailName(name);
    try {
      if (!running.has(jail)) {
        await rows.remove(jail, entry);
        results.push({ jail, outcome: 'forgotten', detail: null });
        continue;
      }
      if (await take(deps, { jail, entry }, call)) comesBack.push(jail);
      results.push({ jail, outcome: 'dropped', detail: null });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      results.push({ jail, outcome: 'failed', detail: error.message });
    }
  }
  tell();
  return { entry, results, comes_back: comesBack };
}

/** Answers whether it comes back with the next reload. */
async function take(
  { host, rows, configuredOf, audit }: ChangeDeps,
  { jail, entry }: { jail: JailName; entry: string },
  call: Caller,
): Promise<boolean> {
  const kept = await rows.remove(jail, entry);
  const held = await host.dropIgnore(jail, entry);
  if (!kept && !held) throw notFound(`${jail} does not ignore ${entry}.`);
  const comesBack = (await configuredOf(jail)).has(entry);
  await audit({
    actor: call.actor?.name ?? '',
    client: call.client,
    hostId: host.id,
    action: 'jails.unignore',
    target: jail,
    detail: { entry, comes_back: comesBack },
    outcome: 'done',
  });
  return comesBack;
}

/** Wider ones are seldom meant. */
const wide = { 4: 16, 6: 32 } as const;

async function aboutEntry(
  { db, host }: ChangeDeps,
  entry: IgnoreEntry,
  jails: readonly string[],
): Promise<Pick<EndpointOutput<typeof addIgnored>, 'entry' | 'warning' | 'banned_in'>> {
  const address = parseAddress(entry);
  const banned = await bannedAmong(db, { hostId: host.id, entries: [entry] });
  return {
    entry,
    warning: warningOf(),
    banned_in: jails.filter((jail) => banned.get(entry)?.has(jail)).toSorted(),
  };

  function warningOf(): string | null {
    if (address === null)
      return 'fail2ban looks this name up at each failure: whoever answers for it decides who is let through.';
    const limit = wide[family(address)];
    return prefixLength(address) < limit
      ? `This network is wider than /${limit}: many strangers are let through.`
      : null;
  }
}
