/** What a log path of a jail means on this machine; nothing outside of the allowed folders is looked at. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { fitsGlob, hasMagic } from './glob.ts';
import { splitLogPath } from './option-kinds.ts';

export interface LogPath {
  path: string;
  /** False as well where it was not looked. */
  exists: boolean;
  /** That fail2ban would follow. */
  files: number;
  /** All of it lies in the allowed folders, after all links. */
  allowed: boolean;
  /** Of the first files. */
  names: string[];
}

const mostNames = 20;
const mostLooked = 5_000;

/** `line` is one line of `logpath`, its references replaced. */
export async function examineLogPath(line: string, allowedDirs: readonly string[]): Promise<LogPath> {
  const { pattern } = splitLogPath(line.trim());
  const none: LogPath = { path: pattern, exists: false, files: 0, allowed: false, names: [] };
  // What jails without a log read.
  if (pattern === '/dev/null') return { ...none, exists: true, files: 1, allowed: true, names: [pattern] };
  const parts = pattern.split('/').slice(1);
  const odd = parts.some((one) => one === '..' || one === '.' || one === '');
  if (!pattern.startsWith('/') || pattern.includes('\0') || odd) return none;
  const within = await isWithin(allowedDirs);
  const magic = parts.findIndex(hasMagic);
  const fixed = parts.slice(0, magic < 0 ? parts.length - 1 : magic);
  const start = `/${fixed.join('/')}`;
  if (!within(await nearestReal(start))) return none;

  const budget = { left: mostLooked };
  let places = [start];
  const rest = parts.slice(fixed.length);
  for (const [index, part] of rest.entries()) {
    const isLast = index === rest.length - 1;
    const next: string[] = [];
    for (const place of places) {
      for (const path of await step({ place, part, budget })) {
        if (isLast || within(await realpath(path).catch(() => ''))) next.push(path);
      }
    }
    places = next;
  }
  const ends = await Promise.all(places.map((path) => realpath(path).catch(() => null)));
  const isFile = await Promise.all(
    ends.map(async (end) => end !== null && within(end) && (await isOrdinary(end))),
  );
  const names = places.filter((_, index) => isFile[index]);
  return {
    path: pattern,
    exists: names.length > 0,
    files: names.length,
    allowed: ends.every((end) => end === null || within(end)),
    names: names.slice(0, mostNames),
  };
}

const isOrdinary = (path: string): Promise<boolean> =>
  stat(path).then(
    (status) => status.isFile(),
    () => false,
  );

interface Step {
  place: string;
  part: string;
  budget: { left: number };
}

async function step({ place, part, budget }: Step): Promise<string[]> {
  if (budget.left <= 0) return [];
  budget.left -= 1;
  if (!hasMagic(part)) return [join(place, part)];
  const names = await readdir(place).catch(() => []);
  budget.left -= names.length;
  return names
    .filter((name) => fitsGlob(part, name))
    .toSorted()
    .map((name) => join(place, name));
}

/** A folder that is not there yet counts as where it would be. */
async function nearestReal(path: string): Promise<string> {
  const real = await realpath(path).catch(() => null);
  if (real !== null) return real;
  return path === '/' ? path : join(await nearestReal(dirname(path)), path.slice(dirname(path).length));
}

async function isWithin(allowedDirs: readonly string[]): Promise<(path: string) => boolean> {
  const real = await Promise.all(allowedDirs.map(nearestReal));
  return (path) =>
    real.some((folder) => path === folder || path.startsWith(folder === sep ? sep : folder + sep));
}
