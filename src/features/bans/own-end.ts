/** Bans that last longer than fail2ban's own: until when, and when fail2ban has to hear of them again. */
import { permanent, shortestKept } from '../../base/duration.ts';

const earlyMs = 5 * 60_000;
const dayMs = 86_400_000;

/** Whether bans of such a jail (seconds, -1 = permanent) can be kept alive for longer. */
export const canKeep = (banSeconds: number): boolean => banSeconds >= shortestKept;

/** ms after fail2ban heard of the ban: at half of the jail's ban time, at the latest 5 minutes before its end. */
export const renewAfterMs = (banSeconds: number): number => {
  // somebody made the jail's bans permanent since: only to see that it is still there
  if (banSeconds === permanent) return dayMs;
  const banMs = banSeconds * 1000;
  return Math.max(banMs / 2, banMs - earlyMs);
};

/** The longest duration a ban of the jail can be given, seconds, -1 = permanent. */
export const longestIn = (banSeconds: number): number => (canKeep(banSeconds) ? permanent : banSeconds);
