/** What the ban dialog begins with. */

/** A jail to ban in. */
export interface BanJail {
  name: string;
  /** The jail's own ban time, seconds; −1 = permanent. */
  ban_seconds: number;
}

export interface BanStart {
  addresses?: string;
  jail?: string;
}
