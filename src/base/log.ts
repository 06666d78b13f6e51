/** The one shape of a log line's writer. `host/` and `platform/` receive it; neither knows the library behind it. */

/** One structured line: `event` is a stable snake_case name, `fields` its facts. Never pass secrets or tokens. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, unknown>>;

/** Writes nothing; for tests and for tools that print their own output. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
