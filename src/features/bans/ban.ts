/** Bans addresses in one jail: checked as a whole, guarded one by one, with an outcome for each. */
import type { Address } from '../../base/address.ts';
import { formatDuration, parseDuration, permanent, shortestKept } from '../../base/duration.ts';
import type { EndpointInput, EndpointOutput } from '../../base/endpoint.ts';
import { AppError, invalidInput } from '../../base/errors.ts';
import type { JailSnapshot } from '../../host/host.ts';
import type { Audit } from '../../platform/audit.ts';
import type { Call } from '../../platform/http/mount.ts';
import { banChunk, type BanChunkDeps } from './ban-chunk.ts';
import { endOrNull } from './ban-row.ts';
import type { ban } from './contract.ts';
import { readAddresses, requireJail, requireOnline } from './entries.ts';
import { guard, impossible } from './guard.ts';
import { canKeep } from './own-end.ts';
import { slices } from './turns.ts';

export interface BanDeps extends BanChunkDeps {
  audit: Audit;
  /** Of this machine's network interfaces. */
  ownAddresses: () => string[];
}

type Result = EndpointOutput<typeof ban>['results'][number];

/** Sent together, and on the page together. */
const chunkSize = 100;

/**
 * Throws 422 for an entry that is no address, an unreadable duration, or one longer than the jail's ban time where that
 * is too short to be renewed; 404 for a jail that does not run; 503 when fail2ban does not answer before anything was sent.
 */
export async function banAddresses(
  deps: BanDeps,
  body: EndpointInput<typeof ban>['body'],
  call: Pick<Call, 'client' | 'proxies' | 'actor'>,
): Promise<EndpointOutput<typeof ban>> {
  const { host } = deps;
  const addresses = readAddresses(body.ips);
  const wanted = body.duration === undefined ? null : readDuration(body.duration);
  requireOnline(host);
  const jail = await requireJail(host, body.jail);
  const seconds = wanted === null ? null : possibleIn(wanted, jail);

  const results = new Map<Address, Result>();
  const guarded = { ...call, ownAddresses: deps.ownAddresses(), ignored: await host.ignoreList(jail.name) };
  for (const address of addresses) {
    const detail = impossible(address) ?? (body.force ? null : guard(address, guarded));
    if (detail !== null) results.set(address, result(address, jail, 'refused', detail));
  }
  const request = { jail, seconds, by: call.actor?.name ?? '', reason: body.reason ?? '' };
  const open = addresses.filter((address) => !results.has(address));
  for (const chunk of slices(open, chunkSize)) {
    try {
      for (const { address, outcome, detail, expiresAt } of await banChunk(deps, {
        ...request,
        addresses: chunk,
      })) {
        const ends = expiresAt === null ? null : endOrNull(expiresAt);
        results.set(address, {
          ...result(address, jail, outcome, detail),
          expires_at: ends === null ? null : new Date(ends).toISOString(),
        });
      }
    } catch (error) {
      // Bans made before it are facts: the caller must hear of them.
      if (chunk[0] === open[0] || !(error instanceof AppError)) throw error;
      for (const address of chunk) results.set(address, result(address, jail, 'failed', error.message));
    }
    if (host.status().state !== 'online') break;
  }
  const unsent = 'Not sent: fail2ban stopped answering.';
  const all = addresses.map((address) => results.get(address) ?? result(address, jail, 'failed', unsent));
  await deps.audit({
    actor: request.by,
    client: call.client,
    hostId: host.id,
    action: 'bans.ban',
    target: jail.name,
    detail: {
      reason: request.reason,
      seconds,
      forced: body.force,
      outcomes: Object.fromEntries(all.map((one) => [one.ip, one.outcome])),
    },
    outcome: overall(all),
  });
  return { results: all };
}

/** Seconds, -1 = permanent. Throws 422. */
function readDuration(input: string | number): number {
  const seconds = parseDuration(input);
  if (seconds !== null) return seconds;
  throw invalidInput(
    'A duration is whole seconds or a time like 1d12h, from 1 second to 10 years, or -1 for good.',
    [{ field: 'body.duration', message: 'No duration' }],
  );
}

/** Null when the jail's own ban time is what was asked for. Throws 422 for more where that cannot be kept. */
function possibleIn(seconds: number, jail: JailSnapshot): number | null {
  const own = jail.banSeconds;
  if (seconds === own) return null;
  const shorter = own === permanent || (seconds !== permanent && seconds < own);
  if (shorter || canKeep(own)) return seconds;
  throw invalidInput(
    `The jail ${jail.name} bans for ${formatDuration(own)} only. BanGUI keeps bans alive for longer in jails that ban ` +
      `for at least ${shortestKept} seconds; raise its bantime, or choose another jail.`,
    [{ field: 'body.duration', message: `At most ${own} seconds` }],
  );
}

const result = (
  ip: string,
  jail: JailSnapshot,
  outcome: Result['outcome'],
  detail: string | null,
): Result => ({
  ip,
  jail: jail.name,
  outcome,
  detail,
  expires_at: null,
});

function overall(results: readonly Result[]): 'done' | 'refused' | 'failed' {
  if (results.some((one) => one.outcome === 'banned' || one.outcome === 'already_banned')) return 'done';
  return results.some((one) => one.outcome === 'failed') ? 'failed' : 'refused';
}
