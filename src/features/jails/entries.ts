/** What every changing call on jails needs: a fail2ban that answers, a possible name, a configuration at rest. */
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import { conflict, daemonUnreachable, invalidInput } from '../../base/errors.ts';
import type { Host, JailName } from '../../host/host.ts';
import { parseJailName } from '../../host/jail-name.ts';
import type { Database } from '../../platform/db/schema.ts';

/** Throws 503 with fail2ban's reason and what helps, at once. */
export function requireOnline(host: Host): void {
  const { state, reason, remedy } = host.status();
  if (state === 'online') return;
  throw daemonUnreachable(reason ?? 'fail2ban does not answer.', remedy === null ? {} : { remedy });
}

/** Throws 422. */
export function requireJailName(text: string): JailName {
  const name = parseJailName(text);
  if (name !== null) return name;
  throw invalidInput('This cannot be the name of a jail.', [
    { field: 'params.name', message: 'No possible name of a jail' },
  ]);
}

/** A holder that gave no sign of life for so long was ended; its change is put right at the next start. */
const changeAliveMs = 30_000;

interface ChangeDeps {
  db: Kysely<Database>;
  hostId: string;
  now: Clock;
}

/** Whether a change of the configuration is under way, here or in another instance. */
export async function isChanging({ db, hostId, now }: ChangeDeps): Promise<boolean> {
  const pending = await db
    .selectFrom('config_pending')
    .select('beat_at')
    .where('host_id', '=', hostId)
    .executeTakeFirst();
  return pending !== undefined && now() - pending.beat_at < changeAliveMs;
}

/** Throws 409: a reload in the middle of a change would read files that are not whole. */
export async function refuseWhileChanging(deps: ChangeDeps): Promise<void> {
  if (!(await isChanging(deps))) return;
  throw conflict('configuration_busy', 'The configuration is being changed. Try again when that is done.');
}
