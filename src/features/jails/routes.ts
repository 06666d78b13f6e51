/** The endpoints of jails, answered from the one shared poll. */
import { invalidInput, notFound } from '../../base/errors.ts';
import type { EndpointOutput } from '../../base/endpoint.ts';
import type { Host, JailSnapshot } from '../../host/host.ts';
import { parseJailName } from '../../host/jail-name.ts';
import type { Mount } from '../../platform/http/mount.ts';
import { listJails, readJail } from './contract.ts';

export function jailsRoutes({ mount, host }: { mount: Mount; host: Host }): void {
  mount(listJails, () => {
    const { jails, asOf } = host.status();
    return {
      items: jails.map(view),
      next_cursor: null,
      total: jails.length,
      as_of: asOf === null ? null : new Date(asOf).toISOString(),
    };
  });
  mount(readJail, ({ params }) => {
    const name = parseJailName(params.name);
    if (name === null) {
      throw invalidInput('This cannot be the name of a jail.', [
        { field: 'params.name', message: 'No possible name of a jail' },
      ]);
    }
    const jail = host.status().jails.find((one) => one.name === name);
    if (jail === undefined) throw notFound('fail2ban runs no jail of this name.');
    return view(jail);
  });
}

/** Whether a jail idles cannot be read from fail2ban, only set: what runs is said to run. */
const view = (jail: JailSnapshot): EndpointOutput<typeof readJail> => ({
  name: jail.name,
  state: 'running',
  currently_failed: jail.currentlyFailed,
  total_failed: jail.totalFailed,
  currently_banned: jail.currentlyBanned,
  total_banned: jail.totalBanned,
  ban_seconds: jail.banSeconds,
  find_seconds: jail.findSeconds,
  max_retry: jail.maxRetry,
  increments: jail.increments,
  files: jail.files,
  journal_matches: jail.journalMatches,
});
