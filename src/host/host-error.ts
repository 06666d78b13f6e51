/** Failures of the wire as errors for the caller of the HTTP interface. */
import { type AppError, daemonRefused, daemonUnreachable, notFound } from '../base/errors.ts';
import { hostRemedy } from './host-remedy.ts';
import { DaemonError, WireError } from './wire/wire-error.ts';

/** 404 for a jail that the daemon does not run, 502 when it refuses, 503 when it does not answer; others unchanged. */
export async function asHostError(error: unknown, socketPath: string): Promise<unknown> {
  if (error instanceof DaemonError) return daemonErrorOf(error);
  if (!(error instanceof WireError)) return error;
  const remedy = await hostRemedy(error.state, socketPath);
  return daemonUnreachable(error.message, { cause: error, ...(remedy === null ? {} : { remedy }) });
}

function daemonErrorOf(error: DaemonError): AppError {
  if (error.pyClass.endsWith('.UnknownJailException'))
    return notFound(`fail2ban runs no jail “${error.message}”.`);
  return daemonRefused(
    error.message === '' ? 'fail2ban refused.' : `fail2ban refused: ${error.message}`,
    error,
  );
}
