/** `bangui database copy`: opens both sides, copies, and says how far it is. */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Clock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { StartError } from '../../base/start-error.ts';
import { copyDatabase, type Progress } from './copy.ts';
import { describeDatabaseFailure } from './failure.ts';
import { openDatabase, type DatabaseAt } from './open.ts';

const usage =
  'Say from where and to where: bangui database copy --from data/bangui.db --to postgres://user@host/name. ' +
  'Each side is a file or a PostgreSQL URL; a password may also stand in PGPASSWORD.';

interface CopyCommand {
  /** After `database`. */
  words: readonly string[];
  print: (line: string) => void;
  now: Clock;
}

/** Throws StartError for a wrong call, and for a copy that may not begin or did not end well. */
export async function copyCommand({ words, print, now }: CopyCommand): Promise<void> {
  const { from: source, to: target } = readWords(words);
  if ('path' in source && !existsSync(source.path)) {
    throw new StartError('no_database', `There is no database at ${source.path}.`);
  }
  const opened = { log: silentLog, now };
  const from = await openDatabase({ ...source, ...opened });
  try {
    const to = await openDatabase({ ...target, ...opened });
    try {
      const tables = await copyDatabase({ from, to, now, onProgress: progressPrinter(print, now) });
      const rows = tables.reduce((sum, table) => sum + table.rows, 0);
      print(`${rows} rows of ${tables.length} tables are the same on both sides.`);
    } finally {
      await to.close();
    }
  } catch (error) {
    const failure = describeDatabaseFailure(error);
    if (failure === null) throw error;
    const message = `${failure.message} Run the same command again: it goes on where it stopped.`;
    throw new StartError(failure.code, message, { cause: error });
  } finally {
    await from.close();
  }
}

function readWords(words: readonly string[]): { from: DatabaseAt; to: DatabaseAt } {
  const [verb, ...rest] = words;
  try {
    const options = { from: { type: 'string' }, to: { type: 'string' } } as const;
    const { from, to } = parseArgs({ args: rest, options }).values;
    if (verb === 'copy' && from !== undefined && to !== undefined) return { from: at(from), to: at(to) };
  } catch (error) {
    throw new StartError('usage', usage, { cause: error });
  }
  throw new StartError('usage', usage);
}

const at = (text: string): DatabaseAt => (/^postgres(ql)?:\/\//.test(text) ? { url: text } : { path: text });

/** At most a line a second, and one for each table that is done. */
function progressPrinter(print: (line: string) => void, now: Clock): (progress: Progress) => void {
  let printedAt = -Infinity;
  return ({ table, step, rows, total }) => {
    if (rows < total && now() - printedAt < 1_000) return;
    printedAt = now();
    print(`${table}: ${step} ${rows} of ${total}`);
  };
}
