/** The first start: what was found, and choosing the password, once. */
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import { AppError, conflict, invalidInput } from '../../base/errors.ts';
import type { HostStatus } from '../../host/host.ts';
import type { Audit } from '../../platform/audit.ts';
import type { Database } from '../../platform/db/schema.ts';
import { transact } from '../../platform/db/transact.ts';
import { isLoopback, isLoopbackHost } from '../../platform/http/caller-address.ts';
import type { Call, Mount } from '../../platform/http/mount.ts';
import * as contract from './contract.ts';
import { isTimezone, serverTimezone } from './preferences.ts';
import { isSetupCode } from './setup-code.ts';

interface SetupDeps {
  mount: Mount;
  db: Kysely<Database>;
  audit: Audit;
  now: Clock;
  /** Printed in the log; see setup-code.ts. */
  code: string;
  hashPassword: (password: string) => Promise<string>;
  /** Counts tries of the code as tries to sign in. */
  throttle: { begin(client: string): Promise<void>; succeeded(client: string): Promise<void> };
  status: () => HostStatus;
  practice: boolean;
}

export function setupRoutes(deps: SetupDeps): void {
  const { mount, db, audit, now, code, hashPassword, throttle, status, practice } = deps;

  mount(contract.readSetup, async (_input, call) => {
    if (await isSetUp({ db })) return { completed: true, code_required: null, found: null };
    return { completed: false, code_required: !isLocal(call), found: found(status(), practice) };
  });

  mount(contract.completeSetup, async ({ body }, call) => {
    if (await isSetUp({ db })) throw alreadySetUp();
    const timezone = body.timezone ?? serverTimezone();
    if (!isTimezone(timezone)) {
      const message = 'There is no such time zone; write it like Europe/Berlin.';
      throw invalidInput(message, [{ field: 'body.timezone', message }]);
    }
    const entry = {
      actor: 'set-up',
      client: call.client,
      hostId: null,
      action: 'setup.complete',
      target: 'admin',
      detail: {},
    };
    if (!isLocal(call)) {
      await throttle.begin(call.client);
      if (!isSetupCode(body.code, code)) {
        await audit({ ...entry, outcome: 'refused' });
        throw wrongCode();
      }
      await throttle.succeeded(call.client);
    }
    const passwordHash = await hashPassword(body.password);
    const time = now();
    const settings = [
      { key: 'timezone', value: timezone },
      ...(body.session_duration_minutes === undefined
        ? []
        : [{ key: 'session_duration_minutes', value: String(body.session_duration_minutes) }]),
    ];
    await transact(db, async (transaction) => {
      // The row decides who was first; everything else of this set-up stands or falls with it.
      const first = await transaction
        .insertInto('settings')
        .values({ key: 'setup_completed_at', value: String(time) })
        .onConflict((row) => row.column('key').doNothing())
        .executeTakeFirst();
      if (first.numInsertedOrUpdatedRows !== 1n) throw alreadySetUp();
      const user = { name: 'admin', role: 'admin', created_at: time, password_changed_at: time };
      await transaction
        .insertInto('users')
        .values({ ...user, password_hash: passwordHash })
        .execute();
      await transaction.insertInto('settings').values(settings).execute();
    });
    await audit({ ...entry, outcome: 'done' });
    return { completed: true as const };
  });
}

export async function isSetUp({ db }: { db: Kysely<Database> }): Promise<boolean> {
  const row = await db
    .selectFrom('settings')
    .where('key', '=', 'setup_completed_at')
    .select('key')
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * A person at this machine. The Host header counts as well: a page elsewhere can point its own name at 127.0.0.1 and
 * would then reach us from here. Behind a proxy that is not trusted nobody is known to be here.
 */
function isLocal({ client, proxies, forwardedUntrusted, request }: Call): boolean {
  return (
    isLoopback(client) && proxies.length === 0 && !forwardedUntrusted && isLoopbackHost(request.headers.host)
  );
}

function found({ state, reason, remedy, version, jails }: HostStatus, practice: boolean) {
  const bannedNow = jails.reduce((sum, jail) => sum + jail.currentlyBanned, 0);
  return { state, reason, remedy, version, jails: jails.length, banned_now: bannedNow, practice };
}

function alreadySetUp(): AppError {
  return conflict('already_set_up', 'Set-up is done. Sign in with the password that was chosen.');
}

function wrongCode(): AppError {
  return new AppError(
    403,
    'setup_code_wrong',
    'Set-up from another machine needs the code from the log of BanGUI.',
    {
      remedy: 'Look for setup_code in the log, or open BanGUI on the machine it runs on.',
    },
  );
}
