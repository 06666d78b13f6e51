/** The endpoints of the allow-list. */
import type { Kysely } from 'kysely';
import { family, parseAddress, prefixLength, type Address } from '../../base/address.ts';
import type { Clock } from '../../base/clock.ts';
import type { EndpointInput } from '../../base/endpoint.ts';
import { conflict, invalidInput, notFound } from '../../base/errors.ts';
import { parseIgnoreEntry } from '../../host/ignore-entry.ts';
import type { Audit } from '../../platform/audit.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Call, Mount } from '../../platform/http/mount.ts';
import { addAllowed, listAllowed, removeAllowed, updateAllowed, type Allowed } from './allow-contract.ts';
import type { AllowList } from './allowed.ts';
import { addressesOf, createAllowedRows, type AllowedRow } from './allowed-rows.ts';
import { resolveName } from './resolve-name.ts';

interface AllowRoutesDeps {
  mount: Mount;
  db: Kysely<Database>;
  hostId: string;
  allowed: AllowList;
  /** Lists whose newest version holds this address, or a part of this network. */
  lists: (address: Address) => Promise<readonly { name: string }[]>;
  audit: Audit;
  now: Clock;
}

/** Each is looked for in every list when the page is opened. */
const mostEntries = 500;
/** Wider ones would take most of every list out. */
const widest = { 4: 8, 6: 16 } as const;

export function allowRoutes({ mount, db, hostId, allowed, lists, audit, now }: AllowRoutesDeps): void {
  const rows = createAllowedRows({ db, hostId });
  const view = async (row: AllowedRow): Promise<Allowed> => showAllowed(row, await listsHolding(lists, row));
  const told = (call: Call, action: string, { entry, reason, expires_at }: AllowedRow): Promise<void> =>
    audit({
      actor: call.actor?.name ?? '',
      client: call.client,
      hostId,
      action,
      target: entry,
      detail: { reason, expires_at },
      outcome: 'done',
    });

  mount(listAllowed, async () => {
    const lasting = await rows.lasting(now());
    const items: Allowed[] = [];
    for (const row of lasting) items.push(await view(row));
    const standing = await allowed.standing();
    return { items, next_cursor: null, total: items.length, standing };
  });

  mount(addAllowed, async ({ body }, call) => {
    const entry = readEntry(body.entry);
    const time = now();
    const expiresAt = readEnd(body.expires_at, time);
    if ((await rows.lasting(time)).length >= mostEntries)
      throw conflict(
        'allow_list_full',
        `The allow-list holds ${mostEntries} entries, the most there can be. Take some off, or use networks.`,
      );
    const found = parseAddress(entry) === null ? await resolveName(allowed.resolve, entry) : null;
    const resolved = found !== null && 'addresses' in found ? found.addresses : null;
    await rows.removeExpired(time);
    const row = await rows.add({
      entry,
      actor: call.actor?.name ?? '',
      reason: body.reason === '' ? null : body.reason,
      created_at: time,
      expires_at: expiresAt,
      resolved: resolved === null ? null : JSON.stringify(resolved),
      resolved_at: resolved === null ? null : time,
      trouble: found !== null && 'trouble' in found ? found.trouble : null,
    });
    if (row === null) throw conflict('already_allowed', `${entry} is on the allow-list already.`);
    await told(call, 'blocklists.allow', row);
    allowed.onChange();
    return view(row);
  });

  mount(updateAllowed, async ({ params, body }, call) => {
    const changes = {
      ...(body.reason === undefined ? {} : { reason: body.reason === '' ? null : body.reason }),
      ...(body.expires_at === undefined ? {} : { expires_at: readEnd(body.expires_at, now()) }),
    };
    const before = (await rows.lasting(now())).find(({ id }) => id === params.id);
    if (before === undefined) throw gone();
    const row = Object.keys(changes).length === 0 ? before : await rows.change(params.id, changes);
    if (row === null) throw gone();
    await told(call, 'blocklists.allow_change', row);
    return view(row);
  });

  mount(removeAllowed, async ({ params }, call) => {
    const row = await rows.remove(params.id);
    if (row === null) throw gone();
    await told(call, 'blocklists.disallow', row);
    allowed.onChange();
    return undefined;
  });
}

const gone = () => notFound('This entry is not on the allow-list (any more).');

/** Throws 422 for what is neither address, network nor host name, and for a network that is too wide. */
function readEntry(text: string): string {
  const entry = parseIgnoreEntry(text);
  if (entry === null)
    throw wrong(
      'entry',
      'An entry is an address, a network like 192.0.2.0/24, or a host name. Nothing was changed.',
    );
  const address = parseAddress(entry);
  if (address === null) return entry;
  const limit = widest[family(address)];
  if (prefixLength(address) < limit)
    throw wrong(
      'entry',
      `This network is wider than /${limit}: it would take most of every list out. Nothing was changed.`,
    );
  return entry;
}

type End = EndpointInput<typeof addAllowed>['body']['expires_at'];

function readEnd(text: End, time: number): number | null {
  if (text === null) return null;
  const end = Date.parse(text);
  if (!(end > time)) throw wrong('expires_at', 'The end lies in the past. Nothing was changed.');
  return end;
}

const wrong = (field: string, message: string) =>
  invalidInput(message, [{ field: `body.${field}`, message }]);

async function listsHolding(lists: AllowRoutesDeps['lists'], row: AllowedRow): Promise<string[]> {
  const names = new Set<string>();
  for (const address of addressesOf(row)) for (const { name } of await lists(address)) names.add(name);
  return [...names].toSorted();
}

function showAllowed(row: AllowedRow, inLists: string[]): Allowed {
  const address = parseAddress(row.entry);
  return {
    id: row.id,
    entry: row.entry,
    kind: address === null ? 'name' : row.entry.includes('/') ? 'network' : 'address',
    owner: row.actor,
    reason: row.reason,
    created_at: new Date(row.created_at).toISOString(),
    expires_at: instant(row.expires_at),
    addresses: address === null ? addressesOf(row) : [],
    resolved_at: instant(row.resolved_at),
    trouble: row.trouble,
    in_lists: inLists,
  };
}

const instant = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
