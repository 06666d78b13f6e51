/** What fail2ban's log told of a ban, the noise of restarts left out. */

export interface Heard {
  type: 'ban' | 'unban' | 'increase';
  jail: string;
  ip: string;
  at: number;
  /** Of an increased ban: its number and length in seconds, -1 = permanent. */
  count: number;
  seconds: number | null;
}
