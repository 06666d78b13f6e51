/** Asks whoever is signed in for the password again, before what cannot be taken back easily. */
import type { Kysely } from 'kysely';
import { AppError, unauthenticated } from '../../base/errors.ts';
import type { Audit } from '../../platform/audit.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Call } from '../../platform/http/mount.ts';
import type { Passwords } from './passwords.ts';
import type { Throttle } from './throttle.ts';

interface PasswordCheckDeps {
  db: Kysely<Database>;
  passwords: Passwords;
  throttle: Throttle;
  audit: Audit;
}

/** Throws 403 `wrong_password`, 429 after too many tries. */
export type RequirePassword = (call: Pick<Call, 'actor' | 'client'>, password: string) => Promise<void>;

export function createPasswordCheck({ db, passwords, throttle, audit }: PasswordCheckDeps): RequirePassword {
  return async ({ actor, client }, password) => {
    if (actor === null) throw unauthenticated();
    await throttle.begin(client);
    const { userId, name } = actor;
    const user = await db.selectFrom('users').where('id', '=', userId).selectAll().executeTakeFirst();
    const matches = await passwords.verify(user?.password_hash ?? null, password);
    const entry = { actor: name, client, hostId: null, target: name, detail: {} };
    await audit({ ...entry, action: 'session.confirm', outcome: matches ? 'done' : 'refused' });
    // Not 401: the session goes on.
    if (!matches) throw new AppError(403, 'wrong_password', 'The password is wrong.');
    await throttle.succeeded(client);
  };
}
