/** What was chosen at set-up: time zone and length of a session. */
import type { Kysely } from 'kysely';
import type { Database } from '../../platform/db/schema.ts';

export interface Preferences {
  /** IANA zone. */
  timezone: string;
  sessionMinutes: number;
}

interface PreferencesDeps {
  db: Kysely<Database>;
  /** `BANGUI_SESSION_DURATION_MINUTES` when it is set: it wins over what is stored. */
  environmentMinutes: number | null;
  defaultMinutes: number;
}

export async function readPreferences(deps: PreferencesDeps): Promise<Preferences> {
  const { db, environmentMinutes, defaultMinutes } = deps;
  const keys = ['timezone', 'session_duration_minutes'];
  const rows = await db.selectFrom('settings').where('key', 'in', keys).selectAll().execute();
  const stored = new Map(rows.map((row) => [row.key, row.value]));
  const minutes = Number(stored.get('session_duration_minutes') ?? NaN);
  return {
    timezone: stored.get('timezone') ?? serverTimezone(),
    sessionMinutes: environmentMinutes ?? (Number.isInteger(minutes) ? minutes : defaultMinutes),
  };
}

export function serverTimezone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export function isTimezone(text: string): boolean {
  try {
    // Offsets such as `+01:00` are accepted by Intl but know no daylight saving.
    return /^[A-Za-z]/.test(text) && Intl.DateTimeFormat('en', { timeZone: text }) !== null;
  } catch {
    return false;
  }
}
