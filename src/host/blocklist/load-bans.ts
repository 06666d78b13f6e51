/** Holds a short list by bans of fail2ban's own, where there is no ipset. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAddress, type Address } from '../../base/address.ts';
import type { Clock } from '../../base/clock.ts';
import type { Host } from '../host.ts';
import { writeBansStatus } from './action-status.ts';
import { blocklistJail, listFile } from './jail-files.ts';
import { otherFile, type LoadEnd } from './load-sets.ts';
import { fileMark, nextSets } from './names.ts';

/** One by one, 100 to 150 a second. */
export const mostBans = 1_000;
/** So many are sent before it is looked whether the load was given up. */
const atOnce = 50;
const largestFile = 1024 * 1024;

interface BansDeps {
  host: Pick<Host, 'banTimes' | 'ban' | 'unban'>;
  dir: string;
  now: Clock;
}

/** Bans what is new and ends the bans of what is gone; what both lists hold stays banned. */
export async function loadBans(
  { host, dir, now }: BansDeps,
  id: string,
  signal: AbortSignal,
): Promise<LoadEnd> {
  const began = performance.now();
  const wanted = await entriesIn(join(dir, listFile), id);
  if (typeof wanted === 'string') return { outcome: 'failed', reason: wanted };
  const held = new Set((await host.banTimes(blocklistJail)).map(({ ip }) => ip));
  const lacking = wanted.filter((entry) => !held.has(entry));
  const failures: string[] = [];
  for (let from = 0; from < lacking.length; from += atOnce) {
    signal.throwIfAborted();
    const replies = await host.ban(blocklistJail, lacking.slice(from, from + atOnce));
    failures.push(...replies.filter(({ outcome }) => outcome === 'failed').map(({ address }) => address));
  }
  const keep = new Set<string>(wanted);
  await endBans(host, (ip) => !keep.has(ip));
  if (failures.length > 0)
    return {
      outcome: 'failed',
      reason: `${failures.length} could not be banned, ${failures[0]} among them.`,
    };
  const entriesV6 = wanted.filter((entry) => entry.includes(':')).length;
  const counts = { entriesV4: wanted.length - entriesV6, entriesV6 };
  await writeBansStatus(dir, { id, ...counts, now: now() });
  return { outcome: 'loaded', ...counts, ms: performance.now() - began };
}

/** Those of the jail that are chosen; all when nothing is said. */
export async function endBans(
  host: Pick<Host, 'banTimes' | 'unban'>,
  isChosen: (ip: string) => boolean = () => true,
): Promise<void> {
  const held = (await host.banTimes(blocklistJail)).map(({ ip }) => ip).filter(isChosen);
  await host.unban(
    held.flatMap((ip) => parseAddress(ip) ?? []),
    blocklistJail,
  );
}

/** A sentence when the file is not the one that is meant, or too long. */
async function entriesIn(path: string, id: string): Promise<Address[] | string> {
  const size = await stat(path).then(
    (about) => about.size,
    () => 0,
  );
  if (size > largestFile) return tooMany;
  const [first, ...lines] = size === 0 ? [] : (await readFile(path, 'latin1')).split('\n');
  if (first !== `${fileMark} ${id}`) return otherFile;
  const adds = new RegExp(`^add (?:${nextSets.v4}|${nextSets.v6}) (\\S+)$`);
  const entries = lines.flatMap((line) => parseAddress(adds.exec(line)?.[1] ?? '') ?? []);
  return entries.length > mostBans ? tooMany : entries;
}

const tooMany = `The lists hold more than ${mostBans.toLocaleString('en')} entries, too many for bans one by one. Install ipset, and put them in force anew.`;
