/** What the action of the jail wrote down of the sets, the rules and the machine it runs on. */
import { open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseAddress, type Address } from '../../base/address.ts';
import { chains, statusFile, type Chain } from './jail-files.ts';

export interface ActionStatus {
  /** Of the list that is in the sets; null: none, or it is not certain which. */
  id: string | null;
  /** Of the list that was looked at last. */
  tried: string | null;
  /** empty: there is no list, or the jail has ended · failed: `error` says why; the sets hold what they held before. */
  state: 'loading' | 'loaded' | 'failed' | 'empty';
  error: string | null;
  entriesV4: number;
  entriesV6: number;
  /** ms. */
  loadedAt: number | null;
  /** What the rules dropped since `countingSince`, ms, when the last of them was put in; as of `countedAt`. */
  packets: number;
  bytes: number;
  countingSince: number | null;
  countedAt: number | null;
  /** Of the machine that fail2ban runs on. */
  ownAddresses: Address[];
  gateways: Address[];
  resolvers: Address[];
  /** Those that the machine has. */
  chains: Chain[];
  /** Version; null: it is missing. */
  ipset: string | null;
  /** Sentences: what is not done, or not known, for want of a program. */
  lost: string[];
}

/** Bytes; a thousand addresses fit. */
const largest = 64 * 1024;

/** Null when there is none, or none that can be understood. */
export async function readStatus(dir: string): Promise<ActionStatus | null> {
  const text = await readShort(join(dir, statusFile));
  if (text === null) return null;
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
  return status.safeParse(Object.fromEntries(lines)).data ?? null;
}

/** Says another text once another status was written; null: there is none. */
export async function statusStamp(dir: string): Promise<string | null> {
  const about = await stat(join(dir, statusFile), { bigint: true }).catch(() => null);
  return about === null ? null : `${about.ino} ${about.mtimeNs} ${about.ctimeNs}`;
}

/** In place of the action, when the list is held by bans. */
export async function writeBansStatus(
  dir: string,
  { id, entriesV4, entriesV6, now }: { id: string; entriesV4: number; entriesV6: number; now: number },
): Promise<void> {
  const known = { id, tried: id, state: 'loaded', entries_v4: entriesV4, entries_v6: entriesV6 };
  const words = { ...nothing, ...known, loaded_at: Math.floor(now / 1000) };
  const next = join(dir, `${statusFile}.bans`);
  await rm(next, { force: true });
  const text = Object.entries(words).map(([key, value]) => `${key}=${value}\n`);
  await writeFile(next, text.join(''), { flag: 'wx', mode: 0o644 });
  await rename(next, join(dir, statusFile));
}

async function readShort(path: string): Promise<string | null> {
  const handle = await open(path).catch(() => null);
  if (handle === null) return null;
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(largest), 0, largest, 0);
    return bytesRead === largest ? null : buffer.toString('utf8', 0, bytesRead);
  } catch {
    return null;
  } finally {
    await handle.close();
  }
}

const number = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);
const time = z.union([z.literal('').transform(() => null), number.transform((seconds) => seconds * 1000)]);
const id = z.union([z.literal('').transform(() => null), z.string().regex(/^[\w.-]{1,200}$/)]);
const words = z.string().transform((text) => text.split(' ').filter((word) => word !== ''));
const addresses = words.transform((list) => list.flatMap((word) => parseAddress(word) ?? []));

const nothing = {
  error: '',
  packets: 0,
  bytes: 0,
  counting_since: '',
  counted_at: '',
  own: '',
  gateways: '',
  resolvers: '',
  chains: '',
  ipset: '',
  lost: '',
};

const losses: Readonly<Record<string, string>> = {
  ip6tables: 'ip6tables is missing where fail2ban runs: nothing is blocked that comes over IPv6.',
  ip: 'The program ip is missing where fail2ban runs: its own addresses and gateways are not known, and a list could block them. Install iproute2.',
};

const status = z
  .strictObject({
    id,
    tried: id,
    state: z.enum(['loading', 'loaded', 'failed', 'empty']),
    error: z.string().max(1_000),
    entries_v4: number,
    entries_v6: number,
    loaded_at: time,
    packets: number,
    bytes: number,
    counting_since: time,
    counted_at: time,
    own: addresses,
    gateways: addresses,
    resolvers: addresses,
    chains: words,
    ipset: z.string().max(100),
    lost: words,
  })
  .transform((read): ActionStatus => ({
    id: read.id,
    tried: read.tried,
    state: read.state,
    error: read.error.trim() === '' ? null : read.error.trim(),
    entriesV4: read.entries_v4,
    entriesV6: read.entries_v6,
    loadedAt: read.loaded_at,
    packets: read.packets,
    bytes: read.bytes,
    countingSince: read.counting_since,
    countedAt: read.counted_at,
    ownAddresses: read.own,
    gateways: read.gateways,
    resolvers: read.resolvers,
    chains: chains.filter((chain) => read.chains.includes(chain)),
    ipset: read.ipset === '' ? null : read.ipset,
    lost: read.lost.flatMap((program) => losses[program] ?? []),
  }));
