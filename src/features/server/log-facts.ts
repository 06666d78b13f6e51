/** Where fail2ban's log is, whether it can be read from here, and what to do when it cannot. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { Host } from '../../host/host.ts';

export interface Unreadable {
  reason: string;
  /** An act that helps. */
  remedy: string;
}

const toFile = 'Set a file as its log target, e.g. /var/log/fail2ban.log.';
const elsewhere: Readonly<Record<string, Unreadable>> = {
  SYSLOG: {
    reason: 'fail2ban logs to the system log, not to a file.',
    remedy: `Read it there (journalctl -t fail2ban-server, or /var/log/syslog). ${toFile}`,
  },
  'SYSTEMD-JOURNAL': {
    reason: 'fail2ban logs to the systemd journal, not to a file.',
    remedy: `Read it there (journalctl -t fail2ban). ${toFile}`,
  },
};

/** The log's file, or why there is none. */
export function logFileOf(host: Host): { file: string } | { unreadable: Unreadable } {
  const { logTarget, state } = host.status();
  if (logTarget === null)
    return {
      unreadable: {
        reason: 'Where fail2ban logs to is not known yet.',
        remedy: state === 'online' ? 'It is asked within seconds.' : 'Start fail2ban.',
      },
    };
  if (logTarget.startsWith('/')) return { file: logTarget };
  const known = elsewhere[logTarget.toUpperCase()];
  return {
    unreadable: known ?? {
      reason: `fail2ban writes its log to ${logTarget}, so it went where that was led to at its start.`,
      remedy: `Look at the output of its service or container (journalctl -u fail2ban, docker logs). ${toFile}`,
    },
  };
}

/** Of an error in reading it. */
export async function unreadableBy(file: string, error: unknown): Promise<Unreadable> {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return {
      reason: `There is no ${file} here.`,
      remedy: 'In a container, mount its folder at the same path as fail2ban has it.',
    };
  if (code === 'EACCES' || code === 'EPERM') {
    const inFolder = await access(file, constants.F_OK).then(
      () => true,
      () => false,
    );
    return {
      reason: `BanGUI may not read ${file}.`,
      remedy: inFolder
        ? `Grant it: setfacl -m u:<BanGUI’s user>:r ${file}, and the same in the rule that rotates it.`
        : `Grant it access to the folder of ${file}, and to the file.`,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { reason: `${file} cannot be read: ${message}`, remedy: 'See BanGUI’s own log for more.' };
}
