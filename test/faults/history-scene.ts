/** A real fail2ban that is mistreated on purpose, with a ledger of every ban and unban that it was made to do. */
import { execFile } from 'node:child_process';
import { copyFile, readdir, rename, truncate } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { startFail2ban, type RealFail2ban } from '../fail2ban/real-fail2ban.ts';

export interface Entry {
  jail: string;
  ip: string;
  bans: number;
  unbans: number;
  /** Its bans end by themselves, perhaps while nobody writes a log. */
  expires: boolean;
}

export interface HistoryScene {
  fail2ban: RealFail2ban;
  ledger: Map<string, Entry>;
  /** Through the log files of the jails sshd and web: three failures each. */
  banByLog(count: number): Promise<void>;
  /** Through the socket, all in one command. */
  banBySocket(jail: 'manual' | 'brief' | 'sshd', count: number): Promise<void>;
  /** Some of those that were banned through the socket and last. */
  unbanSome(count: number): Promise<void>;
  /** Banned again after an unban: the same address, another ban. */
  banAgain(count: number): Promise<void>;
  /** Waits until fail2ban holds what its jails' logs gave it reason to ban. */
  acted(): Promise<void>;
  restart(): Promise<void>;
  /** Every row of fail2ban's table of bans is gone, by its own doing. */
  purge(): Promise<void>;
  restartJail(jail: string): Promise<void>;
  rotateByRename(): Promise<void>;
  rotateByCopy(): Promise<void>;
  remove(): Promise<void>;
}

const python = '/usr/bin/python3';
const purgeScript = `
import sys
sys.path.insert(0, '/usr/lib/python3/dist-packages')
from fail2ban.server.database import Fail2BanDb
Fail2BanDb(sys.argv[1], purgeAge=0).purge()
`;

export async function startScene(): Promise<HistoryScene> {
  const fail2ban = await startFail2ban({
    jails: '[brief]\nenabled = true\nfilter = never\nlogpath = $DIR/web.log\nbantime = 3s\n',
  });
  const ledger = new Map<string, Entry>();
  let next = 0;
  const newIp = (): string => {
    next += 1;
    return `${100 + (next >> 16)}.${(next >> 8) & 255}.${next & 255}.7`;
  };
  const entryOf = (jail: string, ip: string): Entry => {
    const key = `${jail} ${ip}`;
    const entry = ledger.get(key) ?? { jail, ip, bans: 0, unbans: 0, expires: jail === 'brief' };
    ledger.set(key, entry);
    return entry;
  };
  const lasting = (banned: boolean): Entry[] =>
    [...ledger.values()].filter(
      ({ jail, bans, unbans }) => jail === 'manual' && bans - unbans === (banned ? 1 : 0) && bans > 0,
    );

  async function ban(jail: string, ips: readonly string[]): Promise<void> {
    if (ips.length === 0) return;
    const done = Number((await fail2ban.client('set', jail, 'banip', ...ips)).trim());
    if (done !== ips.length) throw new Error(`fail2ban banned ${done} of ${ips.length} addresses in ${jail}`);
    for (const ip of ips) entryOf(jail, ip).bans += 1;
  }

  /** Failures that fail2ban has read and not yet acted upon end with it: that is its loss, not ours. */
  let pending: Entry[] = [];
  async function acted(): Promise<void> {
    for (let tries = 0; pending.length > 0; tries++) {
      if (tries > 240) throw new Error(`fail2ban did not ban ${pending.length} addresses`);
      const held = new Set<string>();
      for (const jail of ['sshd', 'web'])
        for (const ip of (await fail2ban.client('get', jail, 'banip', '\n')).split('\n'))
          held.add(`${jail} ${ip.trim()}`);
      pending = pending.filter(({ jail, ip }) => !held.has(`${jail} ${ip}`));
      if (pending.length > 0) await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  return {
    fail2ban,
    ledger,
    acted,
    async banByLog(count) {
      for (let i = 0; i < count; i++) {
        const jail = i % 2 === 0 ? 'sshd' : 'web';
        const ip = newIp();
        entryOf(jail, ip).bans += 1;
        pending.push(entryOf(jail, ip));
        await fail2ban.fail(jail, ip, 3);
      }
    },
    banBySocket: (jail, count) => ban(jail, Array.from({ length: count }, newIp)),
    async unbanSome(count) {
      const some = lasting(true).slice(0, count);
      if (some.length === 0) return;
      await fail2ban.client('set', 'manual', 'unbanip', ...some.map(({ ip }) => ip));
      for (const entry of some) entry.unbans += 1;
    },
    async banAgain(count) {
      await ban(
        'manual',
        lasting(false)
          .slice(0, count)
          .map(({ ip }) => ip),
      );
    },
    async restart() {
      await acted();
      await fail2ban.stop();
      await fail2ban.start();
    },
    async purge() {
      await acted();
      await fail2ban.stop();
      await promisify(execFile)(python, ['-c', purgeScript, fail2ban.databaseFile]);
      await fail2ban.start();
    },
    restartJail: async (jail) => void (await fail2ban.client('restart', jail)),
    async rotateByRename() {
      await makeRoom(fail2ban.logFile);
      await rename(fail2ban.logFile, `${fail2ban.logFile}.1`);
      await fail2ban.client('flushlogs');
    },
    async rotateByCopy() {
      // What is written between copy and emptying is lost to everybody: this is about what is not.
      fail2ban.pause();
      await makeRoom(fail2ban.logFile);
      await copyFile(fail2ban.logFile, `${fail2ban.logFile}.1`);
      await truncate(fail2ban.logFile);
      fail2ban.resume();
    },
    remove: fail2ban.remove,
  };
}

/** `.1` becomes `.2`, and so on. */
async function makeRoom(file: string): Promise<void> {
  const numbers = (await readdir(dirname(file))).flatMap((name) =>
    name.startsWith(`${basename(file)}.`) ? [Number(name.slice(basename(file).length + 1))] : [],
  );
  for (const number of numbers.toSorted((one, other) => other - one))
    await rename(join(dirname(file), `${basename(file)}.${number}`), `${file}.${number + 1}`);
}
