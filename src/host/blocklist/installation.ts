/** The files of the jail and its action in fail2ban's configuration, written and deleted by its transaction. */
import type { AppliedEnd } from '../config/apply-change.ts';
import type { FileChange } from '../config/change.ts';
import type { Changes } from '../config/changes.ts';
import { bytesOf, fileNow, hashOf } from '../config/file-now.ts';
import { actionFile, actionText, jailFile, jailText, readJailText, type Enforcement } from './jail-files.ts';

export interface Author {
  actor: string;
  /** The caller's address. */
  client: string | null;
}

interface Installation {
  read(): Promise<Enforcement | null>;
  put(wanted: Enforcement, author: Author): Promise<AppliedEnd>;
  takeAway(author: Author): Promise<AppliedEnd>;
}

interface InstallationDeps {
  changes: Pick<Changes, 'apply'>;
  configDir: string;
  dir: string;
}

export function createInstallation({ changes, configDir, dir }: InstallationDeps): Installation {
  const apply = async (
    files: readonly Pick<FileChange, 'file' | 'content'>[],
    { actor, client, reason }: Author & { reason: string },
  ): Promise<AppliedEnd> => {
    const known = await Promise.all(
      files.map(async ({ file, content }): Promise<FileChange> => {
        const now = await fileNow(configDir, file);
        return { file, content, before: now === null ? null : hashOf(bytesOf(now)) };
      }),
    );
    const request = { actor, client, reason, action: 'write', allowCommands: true } as const;
    return await changes.apply({ ...request, files: known }, () => {});
  };
  return {
    async read() {
      const now = await fileNow(configDir, jailFile);
      return now === null ? null : readJailText(now.text);
    },
    put(wanted, author) {
      const action = wanted.method === 'ipset' ? actionText() : null;
      const files = [
        { file: actionFile, content: action },
        { file: jailFile, content: jailText(wanted, dir) },
      ];
      return apply(files, { ...author, reason: 'Blocklists are put in force.' });
    },
    takeAway: (author) =>
      apply(
        [jailFile, actionFile].map((file) => ({ file, content: null })),
        { ...author, reason: 'Blocklists are no longer in force.' },
      ),
  };
}
