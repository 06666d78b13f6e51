/** A ban as the mirror keeps it. */

export interface BanRow {
  jail: string;
  ip: string;
  /** ms. */
  bannedAt: number;
  /** ms; `permanentEnd` for a permanent ban. */
  expiresAt: number;
  count: number;
  /** The ban carries its own duration (increased, restored, prolonged); else it follows the jail's ban time. */
  ownDuration: boolean;
  /** False while its times are only what the log line said. */
  confirmed: boolean;
}

/** The last millisecond of the year 9999: sorts after every real end, as an operator expects of "never". */
export const permanentEnd = 253_402_300_799_999;

/** ms; `seconds` as fail2ban has them, -1 = permanent. */
export const endOf = (bannedAt: number, seconds: number): number =>
  seconds < 0 ? permanentEnd : Math.min(bannedAt + seconds * 1000, permanentEnd);

export const endOrNull = (expiresAt: number): number | null => (expiresAt >= permanentEnd ? null : expiresAt);

/** A key for maps and sets; a jail's name holds no newline. */
export const banKey = (jail: string, ip: string): string => `${jail}\n${ip}`;

/**
 * An entry of `manual_bans` and a ban belong together unless the ban began this much later, ms: the entry is written
 * before fail2ban is asked, and slow firewall actions take their time.
 */
export const manualSlackMs = 60_000;
