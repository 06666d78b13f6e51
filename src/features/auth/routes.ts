/** Sign in, sign out, who am I. */
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import { AppError, unauthenticated } from '../../base/errors.ts';
import type { Audit } from '../../platform/audit.ts';
import type { Database } from '../../platform/db/schema.ts';
import { isLoopbackHost, saysHttps } from '../../platform/http/caller-address.ts';
import { sessionCookie } from '../../platform/http/guard.ts';
import type { Call, Mount } from '../../platform/http/mount.ts';
import * as contract from './contract.ts';
import type { Passwords } from './passwords.ts';
import { createPasswordCheck } from './require-password.ts';
import type { Sessions } from './sessions.ts';
import type { Throttle } from './throttle.ts';

interface AuthDeps {
  mount: Mount;
  db: Kysely<Database>;
  sessions: Sessions;
  passwords: Passwords;
  throttle: Throttle;
  audit: Audit;
  now: Clock;
  cookie: { secure: boolean; sameSite: 'lax' | 'strict' | 'none' };
  /** How long a session lasts, and the time zone people read times in. */
  preferences: () => Promise<{ sessionMinutes: number; timezone: string }>;
}

/** The one user that set-up makes; the name may be left out at sign-in. */
const onlyUser = 'admin';

export function authRoutes(deps: AuthDeps): void {
  const { mount, db, sessions, passwords, throttle, audit, now, cookie, preferences } = deps;
  const requirePassword = createPasswordCheck(deps);

  mount(contract.login, async ({ body }, call) => {
    const secure = cookieIsSecure(call, cookie.secure);
    await throttle.begin(call.client);
    const name = body.username ?? onlyUser;
    const user = await db.selectFrom('users').where('name', '=', name).selectAll().executeTakeFirst();
    const matches = await passwords.verify(user?.password_hash ?? null, body.password);
    const entry = { actor: name, client: call.client, hostId: null, target: name, detail: {} };
    if (user === undefined || !matches) {
      await audit({ ...entry, action: 'session.open', outcome: 'refused' });
      throw unauthenticated('The password is wrong.');
    }
    await throttle.succeeded(call.client);
    // The browser's former session is replaced, not left behind.
    const former = await sessions.identify(call.request.cookies[sessionCookie]);
    if (former !== null) await sessions.end(former.sessionId);
    const { sessionMinutes, timezone } = await preferences();
    const userAgent = call.request.headers['user-agent'] ?? '';
    const opened = await sessions.open({
      userId: user.id,
      client: call.client,
      userAgent,
      durationMs: sessionMinutes * 60_000,
    });
    await audit({ ...entry, action: 'session.open', outcome: 'done' });
    call.reply.setCookie(sessionCookie, opened.cookie, {
      path: '/',
      httpOnly: true,
      secure,
      sameSite: cookie.sameSite,
      maxAge: Math.floor((opened.expiresAt - now()) / 1000),
    });
    return view(user, opened.expiresAt, timezone);
  });

  mount(contract.logout, async ({ body }, call) => {
    const identity = await sessions.identify(call.request.cookies[sessionCookie]);
    const everywhere = body?.everywhere ?? false;
    if (identity !== null) {
      if (everywhere) await sessions.endAllOf(identity.actor.userId);
      else await sessions.end(identity.sessionId);
      const { name } = identity.actor;
      const entry = { actor: name, client: call.client, hostId: null, target: name, detail: { everywhere } };
      await audit({ ...entry, action: 'session.close', outcome: 'done' });
    }
    call.reply.clearCookie(sessionCookie, { path: '/' });
    return undefined;
  });

  mount(contract.confirm, async ({ body }, call) => {
    const identity = await sessions.identify(call.request.cookies[sessionCookie]);
    if (identity === null) throw unauthenticated();
    await requirePassword(call, body.password);
    await sessions.confirm(identity.sessionId);
    return undefined;
  });

  mount(contract.session, async (_input, call) => {
    const identity = await sessions.identify(call.request.cookies[sessionCookie]);
    if (identity === null) throw unauthenticated();
    return view(identity.actor, identity.expiresAt, (await preferences()).timezone);
  });
}

function view({ name, role }: { name: string; role: string }, expiresAt: number, timezone: string) {
  return { user: { name, role }, expires_at: new Date(expiresAt).toISOString(), timezone };
}

/**
 * Left off only for plain http to this very machine. Elsewhere a browser would throw the cookie away without a word,
 * so we say it instead of letting the sign-in fail in a circle.
 */
function cookieIsSecure({ request }: Call, wanted: boolean): boolean {
  if (!wanted) return false;
  if (saysHttps(request.headers)) return true;
  if (isLoopbackHost(request.headers.host)) return false;
  throw new AppError(
    403,
    'secure_cookie_needs_https',
    'The session cookie is sent over https only, and this page came over plain http from another machine.',
    { remedy: 'Put BanGUI behind https, or set BANGUI_SESSION_COOKIE_SECURE=false in a network you trust.' },
  );
}
