/** The two ways a command fails: nobody answered as fail2ban would, or fail2ban answered with an error. */
import type { HostState } from '../host.ts';

/** What a failure says about the host. */
export type FaultState = Exclude<HostState, 'online'>;

/** `message` is a sentence for a person, without paths. */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly state: FaultState;
  /** The system's error code when connecting failed, e.g. `ENOENT`. */
  readonly code: string | null;

  constructor(state: FaultState, message: string, options: { cause?: unknown; code?: string } = {}) {
    super(message, { cause: options.cause });
    this.state = state;
    this.code = options.code ?? null;
  }
}

/** fail2ban's own exception, as its class and the text it carried. */
export class DaemonError extends Error {
  override readonly name = 'DaemonError';
  readonly pyClass: string;

  constructor(pyClass: string, message: string) {
    super(message);
    this.pyClass = pyClass;
  }
}

/** The code of a system error, e.g. `ECONNREFUSED`; empty when it has none. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
