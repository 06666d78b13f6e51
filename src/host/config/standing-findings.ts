/** What is wrong with the configuration as it lies there: a reload or a start would meet it. */
import type { Finding } from './change.ts';
import type { Rehearser } from './rehearsal.ts';

/** A log that we would not let anybody choose: no reason for fail2ban not to start. */
const outsideOfOurs = 'log-outside';

/**
 * With nothing changed, the rehearsal only judges that no change would make it worse: whatever it tells counts here.
 * Null when it could not be tried.
 */
export async function standingFindings(rehearser: Rehearser, signal: AbortSignal): Promise<Finding[] | null> {
  const { findings, failure } = await rehearser.rehearse([], signal);
  return failure === null ? findings.filter(({ code }) => code !== outsideOfOurs) : null;
}
