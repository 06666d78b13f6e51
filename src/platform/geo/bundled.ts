/** The data that comes with BanGUI: countries as a database, networks as text that is compiled once. */
import { spawn } from 'node:child_process';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import networksPackage from '@ip-location-db/asn/package.json' with { type: 'json' };
import type { Log } from '../../base/log.ts';
import { readTable, tableForm } from './network-table.ts';
import { readShared } from './read-shared.ts';

const require = createRequire(import.meta.url);
const networksFolder = dirname(require.resolve('@ip-location-db/asn/package.json'));

/** IPv4 and IPv6; the other two files of the package hold one family each. */
export const bundledCountries =
  require.resolve('@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb');

/** ms; the package's version ends in the day it was made: 2.3.2026061719. */
export const bundledNetworksDate: number | null = dayIn(networksPackage.version);

export function dayIn(version: string): number | null {
  const [, year, month, day] = /\.(\d{4})(\d{2})(\d{2})\d*$/.exec(version) ?? [];
  const at = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  return Number.isNaN(at) ? null : at;
}

interface BundledNetworksDeps {
  log: Log;
  /** Ends the compiler. */
  signal: AbortSignal;
  /** Other than beside the packages, which every start of this installation shares, in tests only. */
  cacheFolder?: string;
}

/**
 * The table of networks: as compiled by an earlier start, or compiled now, in a process of its own for about a second.
 * It is kept where packages keep what they made of themselves; where nothing can be written, each start compiles it.
 */
export async function loadBundledNetworks({
  log,
  signal,
  cacheFolder = join(networksFolder, '../../.cache/bangui'),
}: BundledNetworksDeps): Promise<SharedArrayBuffer> {
  const path = join(cacheFolder, `networks-${networksPackage.version}-${tableForm}.bin`);
  const kept = await readKept(path);
  if (kept !== null) return kept;
  const began = performance.now();
  const table = await compile(signal);
  log.info('geo_networks_compiled', { ms: Math.round(performance.now() - began), bytes: table.byteLength });
  await keep(path, table).catch((error: unknown) => log.debug('geo_networks_not_kept', { path, error }));
  return table;
}

/** Null when there is none, or what is there is no table: then it is made anew. */
async function readKept(path: string): Promise<SharedArrayBuffer | null> {
  try {
    const table = await readShared(path);
    readTable(table);
    return table;
  } catch {
    return null;
  }
}

async function compile(signal: AbortSignal): Promise<SharedArrayBuffer> {
  const program = join(import.meta.dirname, 'write-networks.ts');
  const child = spawn(process.execPath, ['--max-semi-space-size=4', program, networksFolder], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  const chunks: Buffer[] = [];
  const complaints: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => void chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => void complaints.push(chunk));
  const code = await new Promise<number | null>((resolveWith, reject) => {
    child.once('error', reject);
    child.once('close', resolveWith);
  });
  if (code !== 0)
    throw new Error(`The compiler ended with ${String(code)}: ${Buffer.concat(complaints).toString()}`);
  const buffer = new SharedArrayBuffer(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  const bytes = new Uint8Array(buffer);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  readTable(buffer);
  return buffer;
}

/** Whole or not at all: several instances may start at once. */
async function keep(path: string, table: SharedArrayBuffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}`;
  try {
    await writeFile(partial, new Uint8Array(table));
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
