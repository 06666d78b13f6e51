/**
 * One fail2ban host, as verbs. Whoever holds fail2ban's socket is root there (it unpickles blindly and evaluates
 * time values), so these verbs are the only way to it, and each validates what it sends.
 */
import type { Address } from '../base/address.ts';
import type { IgnoreEntry } from './ignore-entry.ts';
import type { ServerVerbs } from './server-verbs.ts';

export interface Host {
  /** `local` for the machine this process runs on; written to `host_id` of every fact. */
  readonly id: string;
  /** What concerns fail2ban itself and no jail. */
  readonly server: ServerVerbs;

  /** The last answer of the one shared poll. Never waits. */
  status(): HostStatus;
  /** Called after every poll that changed something a person could see. Returns the way to stop listening. */
  onStatus(listener: (status: HostStatus) => void): () => void;
  /** Polls now, or joins the poll under way. */
  refresh(): Promise<HostStatus>;

  /**
   * Bans in one jail, in chunks short enough that fail2ban stays answerable to others. Per address:
   * `banned` newly, `already_banned` (fail2ban then prolongs it to the jail's ban time from now on), or `failed`.
   * Throws AppError 404 for a jail the daemon does not run, 503 when it does not answer before anything was sent.
   */
  ban(jail: JailName, addresses: readonly Address[]): Promise<BanReply[]>;
  /** Ends bans in one jail, or everywhere when `jail` is null. Answers how many bans ended. */
  unban(addresses: readonly Address[], jail: JailName | null): Promise<number>;
  /** Ends every ban of every jail. Answers how many. */
  unbanAll(): Promise<number>;
  /** The jail's ignore list as fail2ban canonicalised it; entries may be host names. */
  ignoreList(jail: JailName): Promise<string[]>;
  /**
   * Every ban of a jail with the daemon's own times. Costs the daemon's one thread 13 ms per 1,000 bans, during
   * which nobody else is answered: only for jails that are small, or to correct a large one, rarely.
   */
  banTimes(jail: JailName): Promise<HeldBan[]>;
  /** What the jail takes for a failure and how it bans, as the daemon holds it at this moment. */
  rulesOf(jail: JailName): Promise<JailRules>;
  /** Which of these texts (addresses as fail2ban spells them) the jail holds now; asked a few at a time. */
  holds(jail: JailName, ips: readonly string[]): Promise<boolean[]>;

  /** Names of the jails the daemon runs at this moment, asked anew. */
  runningJails(): Promise<JailName[]>;
  /**
   * Makes the daemon forget the jail, which ends its bans; only a reload brings it back, with those that still last.
   * Answers how many it held. All verbs of one jail throw AppError 404 for a jail that the daemon does not run.
   */
  stopJail(jail: JailName): Promise<number>;
  /** A jail that idles reads nothing and bans nobody new. fail2ban does not tell whether one does; a reload ends it. */
  idleJail(jail: JailName, on: boolean): Promise<void>;
  /** Until the next reload or restart. Answers the list afterwards. */
  addIgnore(jail: JailName, entry: IgnoreEntry): Promise<string[]>;
  /** `entry` as `ignoreList` spells it. False when the list does not hold it. */
  dropIgnore(jail: JailName, entry: string): Promise<boolean>;
  actionsOf(jail: JailName): Promise<JailAction[]>;

  close(): Promise<void>;
}

/** A jail's name as fail2ban knows it; made by `parseJailName`. */
export type JailName = string & { readonly __brand: 'JailName' };

/**
 * online: it answers · unreachable: no socket, or nobody listens · unresponsive: connected, no answer in time ·
 * refused: the socket is there and we may not open it · garbled: it answers something that is not fail2ban's protocol.
 */
export type HostState = 'online' | 'unreachable' | 'unresponsive' | 'refused' | 'garbled';

export interface HostStatus {
  state: HostState;
  /** A sentence for a person when not online. */
  reason: string | null;
  /** A command or an act that helps, when one is known (e.g. the command that grants access). */
  remedy: string | null;
  version: string | null;
  /** Start of the daemon process, ms; null when it cannot be known. */
  upSince: number | null;
  /** As of `asOf`: kept when the daemon stops answering, so that the page can show it with its age. */
  jails: JailSnapshot[];
  /** ms of the last complete answer, null before the first. */
  asOf: number | null;
  /** ms of the last attempt. */
  checkedAt: number | null;
  /** ms since when it is in this state. */
  since: number;
  /** fail2ban's own database file, null when it keeps none (or was never asked). */
  databaseFile: string | null;
  /** Its log target: a file's path, or `SYSLOG`, `STDOUT`, …; null when never asked. */
  logTarget: string | null;
  /** Least level it logs (`NOTICE`, …); null when never asked. */
  logLevel: string | null;
  /** How long its database remembers a ban, seconds; null when never asked. */
  purgeSeconds: number | null;
}

export interface JailRules {
  maxRetry: number;
  /** Seconds. */
  findSeconds: number;
  /** Seconds, -1 = permanent. */
  banSeconds: number;
  /** Null: bans of an address that returns are not longer. */
  increase: JailIncrease | null;
  filter: JailFilter;
}

/** How a jail reads its log. fail2ban's tags such as `<HOST>` are expanded. */
export interface JailFilter {
  expressions: string[];
  ignore: string[];
  /** `prefregex`; null when there is none. */
  prefix: string | null;
  /** Null: the default detectors, a journal, or more than two patterns, of which the daemon tells none. */
  datePattern: string | null;
  maxLines: number;
  /** `logtimezone`; null: the machine's. */
  timeZone: string | null;
}

/** The settings `bantime.*`, as written; null where not set. */
export interface JailIncrease {
  factor: string | null;
  formula: string | null;
  multipliers: string | null;
  maxTime: string | null;
  randomTime: string | null;
  /** Bans of other jails count too. */
  overallJails: boolean;
}

/** What a jail runs when it bans. */
export interface JailAction {
  name: string;
  /** Names of what can be set of it. */
  properties: string[];
}

/** One ban as the daemon holds it. */
export interface HeldBan {
  /** As fail2ban spells it: nothing stops others from banning text that is no address. */
  ip: string;
  /** ms. */
  bannedAt: number;
  /** Seconds, -1 = permanent. */
  seconds: number;
}

export interface JailSnapshot {
  name: JailName;
  currentlyFailed: number;
  totalFailed: number;
  currentlyBanned: number;
  totalBanned: number;
  /** Seconds; -1 = permanent. */
  banSeconds: number;
  findSeconds: number;
  maxRetry: number;
  /** `bantime.increment` of the jail. */
  increments: boolean;
  /** Files it reads; empty for journal jails. */
  files: string[];
  journalMatches: string[];
}

export interface BanReply {
  address: Address;
  outcome: 'banned' | 'already_banned' | 'failed';
  detail: string | null;
}
