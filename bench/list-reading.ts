/** The program behind `lists.ts`: reads lists as BanGUI does and prints its times as JSON. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mergeCidr } from 'cidr-tools';
import { parseAddress, specialPurpose, type Address } from '../src/base/address.ts';
import type { ReadEnd } from '../src/features/blocklists/list-jobs.ts';
import { createListWork } from '../src/features/blocklists/list-work.ts';
import { findInSetFile } from '../src/features/blocklists/set-file.ts';
import { residentMb } from './measure.ts';

const million = 1_000_000;
const lists = 5;
const lookups = 200;
const folder = await mkdtemp(join(tmpdir(), 'bangui-bench-lists-'));
const work = createListWork();

/** The same numbers in every run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
}

const random = createRandom(6);

/** As lists are: addresses, some networks, some twice, trailing text here and there. */
function line4(): string {
  const [word, kind] = [random(), random() >>> 24];
  const ip = `${1 + ((word >>> 24) % 223)}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
  return kind < 20 ? `${ip}/${20 + (kind % 13)}` : kind < 40 ? `${ip} # seen ${kind} times` : ip;
}

function line6(): string {
  const group = (): string => (random() >>> 16).toString(16);
  return `2a0${(random() >>> 28).toString(16)}:${group()}:${group()}:${group()}::${group()}`;
}

async function writeList(name: string, line: () => string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, `${Array.from({ length: million }, line).join('\n')}\n`);
  return file;
}

async function timed(file: string): Promise<{ ms: number; end: ReadEnd }> {
  const began = performance.now();
  const end = await work.read(
    { file, format: { kind: 'auto' }, setFile: `${file}.set`, previous: null, maxBytes: 2 ** 28 },
    { signal: new AbortController().signal, onProgress: () => {} },
  );
  return { ms: performance.now() - began, end };
}

try {
  const files = [];
  for (let n = 0; n < lists; n++) files.push(await writeList(`${n}`, line4));
  const file6 = await writeList('v6', line6);
  const before = residentMb(process.pid);
  const ms = [];
  let entries = 0;
  let grownMb = 0;
  for (const [index, file] of files.entries()) {
    let highest = 0;
    const watch = setInterval(() => {
      highest = Math.max(highest, residentMb(process.pid));
    }, 10);
    const { ms: took, end } = await timed(file);
    clearInterval(watch);
    if (index === 0) grownMb = highest - before;
    entries = end.counts.prefixes;
    ms.push(took);
  }
  const { ms: v6Ms } = await timed(file6);
  const sets = files.map((file) => `${file}.set`);
  const lookupMs = [];
  for (let n = 0; n < lookups; n++) {
    const asked = parseAddress(line4().replace(/[ /].*/, ''));
    if (asked === null) continue;
    const began = performance.now();
    await Promise.all(sets.map((path) => findInSetFile(path, asked)));
    lookupMs.push(performance.now() - began);
  }
  const valid = (await readFile(files[0] ?? '', 'utf8')).split('\n').flatMap((line): Address[] => {
    const address = parseAddress(line.split(' ')[0] ?? '');
    return address === null || specialPurpose(address) !== null ? [] : [address];
  });
  const began = performance.now();
  mergeCidr(valid);
  const libraryMs = performance.now() - began;
  console.log(JSON.stringify({ ms, v6Ms, libraryMs, grownMb, entries, lookupMs }));
} finally {
  await work.close();
  await rm(folder, { recursive: true });
}
