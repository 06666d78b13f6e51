/** The settings of sessions and their cookie. */
import { choice, flag, secret, wholeNumber, type Setting } from './setting.ts';

export const sessionSettings = {
  sessionSecret: secret({
    name: 'SESSION_SECRET',
    length: 32,
    shownDefault: 'generated once, kept beside the database',
    sentence:
      'Signs session cookies. Needed with `BANGUI_DATABASE_URL`, since several instances must share it.',
  }),
  sessionSecretPrevious: secret({
    name: 'SESSION_SECRET_PREVIOUS',
    length: 32,
    shownDefault: '',
    sentence: 'Secret before the last change; cookies signed with it stay valid.',
  }),
  sessionDurationMinutes: wholeNumber({
    name: 'SESSION_DURATION_MINUTES',
    from: 5,
    to: 43_200,
    fallback: 480,
    sentence: 'How long a sign-in lasts. When set, it wins over what was chosen at set-up.',
  }),
  sessionCacheEnabled: flag({
    name: 'SESSION_CACHE_ENABLED',
    fallback: true,
    sentence: 'Keeps sessions in memory instead of reading the database for each call.',
  }),
  sessionCacheTtlSeconds: wholeNumber({
    name: 'SESSION_CACHE_TTL_SECONDS',
    from: 1,
    to: 300,
    fallback: 10,
    sentence:
      'How long a session is kept in memory. A sign-out reaches other instances at once, or within this time when they cannot be told.',
  }),
  sessionCookieSecure: flag({
    name: 'SESSION_COOKIE_SECURE',
    fallback: true,
    sentence:
      'Sends the session cookie over https only. Left off by itself for plain http to a loopback name.',
  }),
  sessionCookieSameSite: choice({
    name: 'SESSION_COOKIE_SAMESITE',
    of: ['lax', 'strict', 'none'],
    fallback: 'lax',
    sentence: 'SameSite attribute of the session cookie; `none` needs `BANGUI_SESSION_COOKIE_SECURE=true`.',
  }),
};

type Settings = typeof sessionSettings;
type Read = <K extends keyof Settings, T>(key: K, setting: Setting<T>) => T;
export type SessionConfig = { readonly [K in keyof Settings]: Settings[K]['fallback'] };

export function readSession(read: Read): SessionConfig {
  const known = sessionSettings;
  return {
    sessionSecret: read('sessionSecret', known.sessionSecret),
    sessionSecretPrevious: read('sessionSecretPrevious', known.sessionSecretPrevious),
    sessionDurationMinutes: read('sessionDurationMinutes', known.sessionDurationMinutes),
    sessionCacheEnabled: read('sessionCacheEnabled', known.sessionCacheEnabled),
    sessionCacheTtlSeconds: read('sessionCacheTtlSeconds', known.sessionCacheTtlSeconds),
    sessionCookieSecure: read('sessionCookieSecure', known.sessionCookieSecure),
    sessionCookieSameSite: read('sessionCookieSameSite', known.sessionCookieSameSite),
  };
}
