/** What an error of PostgreSQL, or of the way to it, means to an operator. Knows the driver's errors by their form. */

export interface PostgresFailure {
  code:
    | 'database_unreachable'
    | 'database_connection_lost'
    | 'database_login_refused'
    | 'database_missing'
    | 'database_tls'
    | 'database_starting'
    | 'database_too_many_connections'
    | 'database_conflict'
    | 'database_slow'
    | 'database_locked'
    | 'database_forbidden'
    | 'database_read_only'
    | 'database_io_error'
    | 'database_corrupt'
    | 'database_full';
  message: string;
}

const unreachable: PostgresFailure = {
  code: 'database_unreachable',
  message: 'PostgreSQL cannot be reached. Check that it runs, and the host and port in BANGUI_DATABASE_URL.',
};
const lost: PostgresFailure = {
  code: 'database_connection_lost',
  message: 'The connection to PostgreSQL was cut. BanGUI connects again by itself once the server answers.',
};
const loginRefused: PostgresFailure = {
  code: 'database_login_refused',
  message:
    'PostgreSQL refused to let BanGUI in. Check user and password in BANGUI_DATABASE_URL, and that pg_hba.conf of the server admits this machine.',
};
const missing: PostgresFailure = {
  code: 'database_missing',
  message:
    "PostgreSQL has no database of this name. Create it: CREATE DATABASE … OWNER … ENCODING 'UTF8' TEMPLATE template0.",
};
const tls: PostgresFailure = {
  code: 'database_tls',
  message:
    'No encrypted connection to PostgreSQL could be made. Check its certificate, and sslmode in BANGUI_DATABASE_URL.',
};
const starting: PostgresFailure = {
  code: 'database_starting',
  message: 'PostgreSQL is starting up or shutting down. Try again shortly.',
};
const tooMany: PostgresFailure = {
  code: 'database_too_many_connections',
  message:
    'PostgreSQL has no connection left for BanGUI, which needs up to 12 an instance. Raise max_connections, or the limit of the user or the database.',
};
const full: PostgresFailure = {
  code: 'database_full',
  message:
    'The disk of the PostgreSQL server is full. Make room there; nothing that was stored before is lost.',
};
const readOnly: PostgresFailure = {
  code: 'database_read_only',
  message:
    'PostgreSQL takes no changes: it is a standby, or set to read-only. Point BANGUI_DATABASE_URL at the primary.',
};
const forbidden: PostgresFailure = {
  code: 'database_forbidden',
  message:
    'The PostgreSQL user may not do this. Make it the owner of the database: ALTER DATABASE … OWNER TO …',
};
const conflict: PostgresFailure = {
  code: 'database_conflict',
  message: 'Two changes met in the database, and this one was undone. Try again.',
};
const slow: PostgresFailure = {
  code: 'database_slow',
  message:
    'PostgreSQL did not finish in time. Look for what keeps it busy, or for locks, in pg_stat_activity.',
};
const locked: PostgresFailure = {
  code: 'database_locked',
  message: 'Another session holds what is needed in PostgreSQL. Look for it in pg_locks if it stays so.',
};
const io: PostgresFailure = {
  code: 'database_io_error',
  message: 'The PostgreSQL server reported an error of its disk or memory. Look into its log.',
};
const corrupt: PostgresFailure = {
  code: 'database_corrupt',
  message: 'The PostgreSQL server reported damaged data. Look into its log, and restore a backup.',
};

/** SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html */
const byState: Readonly<Record<string, PostgresFailure>> = {
  '25006': readOnly,
  '25P03': lost,
  '28000': loginRefused,
  '28P01': loginRefused,
  '3D000': missing,
  '40001': conflict,
  '40P01': conflict,
  '42501': forbidden,
  '53100': full,
  '53200': io,
  '53300': tooMany,
  '55P03': locked,
  '57014': slow,
  '57P01': lost,
  '57P02': lost,
  '57P03': starting,
  '57P04': missing,
  '57P05': lost,
  '58030': io,
  XX001: corrupt,
  XX002: corrupt,
};

/** Codes of sockets and of TLS. */
const byCode: readonly [RegExp, PostgresFailure][] = [
  [/^(ECONNRESET|EPIPE)$/, lost],
  [/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/, unreachable],
  [/CERT|ALTNAME|SELF_SIGNED|ISSUER|^ERR_(SSL|TLS)|^EPROTO$/, tls],
];

/** Sentences of the driver, which gives its own errors no code. */
const byMessage: readonly [RegExp, PostgresFailure][] = [
  [/^Connection terminated|^Client .* not queryable$|^Query read timeout$/, lost],
  [/^timeout expired$|^timeout exceeded when trying to connect$/, unreachable],
  [/^The server does not support SSL connections$/, tls],
  [/^SASL: /, loginRefused],
];

/** Null for an error that is not about the server or the way to it. */
export function describePostgresFailure(error: Error): PostgresFailure | null {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if ('severity' in error) return byState[code] ?? (code.startsWith('08') ? lost : null);
  // a server on a Unix socket that is not there, or that we may not use
  if ('syscall' in error && error.syscall === 'connect') return unreachable;
  const [, failure = null] =
    byCode.find(([form]) => form.test(code)) ?? byMessage.find(([form]) => form.test(error.message)) ?? [];
  return failure;
}
