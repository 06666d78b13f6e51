/** Removes from the folder of the lists what nothing refers to: earlier versions, half downloads, files of deleted lists. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { ListFolder } from './folder.ts';
import { heldOf, readSourceRows, type RowsDeps } from './source-rows.ts';

interface SweepDeps extends RowsDeps {
  folder: ListFolder;
  log: Log;
  now: Clock;
}

/** An upload or a preview of another instance may be under way. */
const strayMs = 3_600_000;

/** To be called by the holder of the lock, while no run is under way. Never throws. */
export async function sweepFolder({ log, now, folder, ...rows }: SweepDeps): Promise<void> {
  try {
    const sources = await readSourceRows(rows);
    const sets = new Set(sources.flatMap((row) => [row.set_file, heldOf(row)?.set_file]));
    const ids = new Set(sources.map(({ id }) => String(id)));
    const isStray = async (path: string): Promise<boolean> => (await stat(path)).mtimeMs < now() - strayMs;
    await removeFrom(folder.sets, (name) => !sets.has(name));
    await removeFrom(folder.incoming, (name, path) => /^\d+$/.test(name) || isStray(path));
    await removeFrom(folder.uploads, (name, path) => !ids.has(name) && isStray(path));
  } catch (error) {
    log.warn('blocklist_sweep_failed', { error });
  }
}

async function removeFrom(
  dir: string,
  isLeft: (name: string, path: string) => boolean | Promise<boolean>,
): Promise<void> {
  for (const name of await readdir(dir)) {
    const path = join(dir, name);
    if (await isLeft(name, path)) await rm(path, { force: true });
  }
}
