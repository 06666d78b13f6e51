/** fail2ban's commands as typed functions: what goes in is validated before it is sent, what comes out is parsed. */
import type { Address } from '../../base/address.ts';
import type { HeldBan, JailName, JailRules } from '../host.ts';
import { parseJailName } from '../jail-name.ts';
import { readHeldBan } from './held-ban.ts';
import { readRules } from './jail-rules.ts';
import { asList, asSeconds, asTable, asText, asTextOrNull, asTexts, asWholeNumber } from './parse-value.ts';
import type { DaemonSocket } from './socket.ts';
import { WireError } from './wire-error.ts';

/** Counters and sources of a jail, without its banned addresses: the same cost for any number of bans. */
export interface JailCounters {
  currentlyFailed: number;
  totalFailed: number;
  currentlyBanned: number;
  totalBanned: number;
  files: string[];
  journalMatches: string[];
}

/** Every function throws WireError without a proper answer, and DaemonError when fail2ban refuses. */
export interface Commands {
  ping(deadlineMs: number): Promise<void>;
  version(): Promise<string>;
  /** Sorted by fail2ban; names that no command could carry are left out. */
  jailNames(): Promise<JailName[]>;
  jailCounters(jail: JailName): Promise<JailCounters>;
  /** Seconds, -1 = permanent. */
  banSeconds(jail: JailName): Promise<number>;
  findSeconds(jail: JailName): Promise<number>;
  maxRetry(jail: JailName): Promise<number>;
  increments(jail: JailName): Promise<boolean>;
  ignoreList(jail: JailName): Promise<string[]>;
  /** Some ten small questions, answered within a millisecond or two. */
  rules(jail: JailName): Promise<JailRules>;
  /** True when the ban is new, false when the jail held it (or lets bans end at once). */
  ban(jail: JailName, address: Address): Promise<boolean>;
  /** How many bans ended; a network ends those inside it too. Null stands for every jail. */
  unban(address: Address, jail: JailName | null): Promise<number>;
  unbanAll(): Promise<number>;
  /** The daemon forgets the jail; a program runs for each of its bans where an action cannot flush. */
  stop(jail: JailName): Promise<void>;
  /** For each text whether the jail holds it. Up to 0.1 s a text at 100,000 bans: ask a few at a time. */
  holds(jail: JailName, ips: readonly string[]): Promise<boolean[]>;
  /** Every ban of the jail, by their end. 13 ms per 1,000 bans of fail2ban's only thread. */
  banTimes(jail: JailName): Promise<HeldBan[]>;
  databaseFile(): Promise<string | null>;
  logTarget(): Promise<string | null>;
  logLevel(): Promise<string>;
  /** How long fail2ban remembers bans in its database, seconds; null when it keeps none. */
  purgeSeconds(): Promise<number | null>;
}

/** An action of a jail runs a program for each ban, in fail2ban's only thread. */
const banDeadlineMs = 10_000;
const unbanAllDeadlineMs = 60_000;
const stopDeadlineMs = 60_000;
const banTimesDeadlineMs = 10_000;
const maxBanTimesBytes = 16 * 1024 * 1024;

export function createCommands({ socket }: { socket: DaemonSocket }): Commands {
  const get = (jail: JailName, name: string) => socket.send(['get', jail, name]);
  return {
    async ping(deadlineMs) {
      const reply = await socket.send(['ping'], { deadlineMs, priority: true, probe: true });
      if (reply !== 'pong') throw new WireError('garbled', 'Its answer is not fail2ban’s protocol.');
    },
    async version() {
      return asText(await socket.send(['version']));
    },
    async jailNames() {
      const names = asText(asTable(await socket.send(['status'])).get('Jail list'));
      return names.split(',').flatMap((name) => parseJailName(name.trim()) ?? []);
    },
    async jailCounters(jail) {
      const status = asTable(await socket.send(['status', jail, 'short']));
      const filter = asTable(status.get('Filter'));
      const actions = asTable(status.get('Actions'));
      return {
        currentlyFailed: asWholeNumber(filter.get('Currently failed')),
        totalFailed: asWholeNumber(filter.get('Total failed')),
        currentlyBanned: asWholeNumber(actions.get('Currently banned')),
        totalBanned: asWholeNumber(actions.get('Total banned')),
        files: asTexts(filter.get('File list')),
        journalMatches: asTexts(filter.get('Journal matches')).filter((match) => match !== ''),
      };
    },
    banSeconds: async (jail) => asSeconds(await get(jail, 'bantime')),
    findSeconds: async (jail) => asSeconds(await get(jail, 'findtime')),
    maxRetry: async (jail) => asWholeNumber(await get(jail, 'maxretry')),
    increments: async (jail) => (await get(jail, 'bantime.increment')) === true,
    ignoreList: async (jail) => asTexts(await get(jail, 'ignoreip')),
    rules: (jail) => readRules((name) => get(jail, name)),
    async ban(jail, address) {
      const reply = await socket.send(['set', jail, 'banip', address], { deadlineMs: banDeadlineMs });
      return asWholeNumber(reply) > 0;
    },
    async unban(address, jail) {
      const command = jail === null ? ['unban', address] : ['set', jail, 'unbanip', address];
      return asWholeNumber(await socket.send(command, { deadlineMs: banDeadlineMs }));
    },
    async unbanAll() {
      return asWholeNumber(await socket.send(['unban', '--all'], { deadlineMs: unbanAllDeadlineMs }));
    },
    async stop(jail) {
      await socket.send(['stop', jail], { deadlineMs: stopDeadlineMs });
    },
    async holds(jail, ips) {
      // Without an address it would answer the whole list.
      if (ips.length === 0) return [];
      const reply = await socket.send(['get', jail, 'banned', ...ips]);
      const answers = ips.length === 1 ? [reply] : asList(reply);
      return ips.map((_, index) => asWholeNumber(answers[index]) === 1);
    },
    async banTimes(jail) {
      const options = { deadlineMs: banTimesDeadlineMs, maxReplyBytes: maxBanTimesBytes };
      const lines = asTexts(await socket.send(['get', jail, 'banip', '--with-time'], options));
      return lines.flatMap((line) => readHeldBan(line) ?? []);
    },
    databaseFile: async () => asTextOrNull(await socket.send(['get', 'dbfile'])),
    logTarget: async () => asTextOrNull(await socket.send(['get', 'logtarget'])),
    logLevel: async () => asText(await socket.send(['get', 'loglevel'])),
    async purgeSeconds() {
      const reply = await socket.send(['get', 'dbpurgeage']);
      return reply === null ? null : asWholeNumber(reply);
    },
  };
}
