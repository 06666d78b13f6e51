/** The endpoints of fail2ban's log: pages of it, and what is written from now on. */
import type { EndpointOutput } from '../../base/endpoint.ts';
import { conflict } from '../../base/errors.ts';
import type { Host } from '../../host/host.ts';
import type { TimedEntry } from '../../host/server-log/entry-times.ts';
import { readLog } from '../../host/server-log/read-log.ts';
import { tailLog } from '../../host/server-log/tail-log.ts';
import type { Live } from '../../platform/http/live.ts';
import type { Mount } from '../../platform/http/mount.ts';
import { followServerLog, readServerLog } from './contract.ts';
import { logFileOf, unreadableBy } from './log-facts.ts';

interface LogRoutesDeps {
  mount: Mount;
  host: Host;
  live: Pick<Live, 'attach'>;
}

type Page = EndpointOutput<typeof readServerLog>;

export function logRoutes({ mount, host, live }: LogRoutesDeps): void {
  mount(readServerLog, async ({ query }): Promise<Page> => {
    const target = host.status().logTarget;
    const nothing = { items: [], next_cursor: null, target, rotated_files: 0, skipped: [] };
    const at = logFileOf(host);
    if ('unreadable' in at) return { ...nothing, unreadable: at.unreadable };
    try {
      const page = await readLog(at.file, {
        text: query.filter,
        level: query.level ?? null,
        jail: query.jail ?? null,
        most: query.lines,
        before: query.before ?? null,
        rotated: query.rotated === 'true',
      });
      if (page.gone)
        throw conflict(
          'log_rotated_away',
          'That part of the log is in none of its files any more. Read it anew.',
        );
      return {
        items: page.entries.map(view),
        next_cursor: page.next,
        target,
        unreadable: null,
        rotated_files: page.rotatedFiles,
        skipped: page.skipped,
      };
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return { ...nothing, unreadable: await unreadableBy(at.file, error) };
    }
  });

  mount(followServerLog, ({ query }, call) => {
    let stop = (): void => {};
    const send = live.attach(call, () => stop());
    const at = logFileOf(host);
    if ('unreadable' in at) {
      send('state', { unreadable: at.unreadable });
      return undefined;
    }
    stop = tailLog({
      file: at.file,
      filter: { text: query.filter, level: query.level ?? null, jail: query.jail ?? null },
      onBatch: ({ entries, left, skippedBytes }) =>
        send('log', { items: entries.map(view), left, skipped_bytes: skippedBytes }),
      onReadable: (error) =>
        error === null
          ? send('state', { unreadable: null })
          : void unreadableBy(at.file, error).then((unreadable) => send('state', { unreadable })),
    });
    return undefined;
  });
}

const view = ({
  at,
  id,
  level,
  logger,
  pid,
  jail,
  address,
  message,
  more,
}: TimedEntry): Page['items'][number] => ({
  id,
  at: new Date(at).toISOString(),
  level,
  logger,
  pid,
  jail,
  address,
  message,
  more,
});

const isSystemError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && 'syscall' in error;
