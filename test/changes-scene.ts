/** A real fail2ban, a database and the transaction that changes its configuration, for tests. */
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { createJournal } from '../src/features/config/journal-rows.ts';
import type { FileChange, Step } from '../src/host/config/change.ts';
import { createChanges, type Changes, type ChangeRequest } from '../src/host/config/changes.ts';
import { fileNow } from '../src/host/config/file-now.ts';
import { hashOfKept } from '../src/host/config/apply-change.ts';
import type { Journal } from '../src/host/config/journal.ts';
import { createRehearser } from '../src/host/config/rehearse.ts';
import { createLocalHost } from '../src/host/local-host.ts';
import { createReloader } from '../src/host/reload.ts';
import { createAudit } from '../src/platform/audit.ts';
import { temporaryDatabase, type TemporaryDatabase } from './database.ts';
import type { Fail2banOptions } from './fail2ban/fail2ban-config.ts';
import { startFail2ban, type RealFail2ban } from './fail2ban/real-fail2ban.ts';
import { changesOf, type Files } from './rehearsal.ts';

export interface ChangesScene {
  fail2ban: RealFail2ban;
  database: TemporaryDatabase;
  /** Another BanGUI on the same database, whose clock may be ahead. */
  open(options?: SceneOptions): Changes;
  /** With what each file is now as the beginning; `$DIR` stands for the server's folder. */
  files(files: Files): Promise<FileChange[]>;
  apply(files: Files, more?: Partial<ChangeRequest>): ReturnType<Changes['apply']>;
  /** Steps of the last `apply`, as they were told. */
  told: Step[];
  jails(): Promise<string>;
  /** Every file with its rights and what it holds. */
  contents(): Promise<Record<string, string>>;
  close(): Promise<void>;
}

interface SceneOptions {
  aheadMs?: number;
  commandsAllowed?: boolean;
  wrap?: (journal: Journal) => Journal;
}

export async function openChangesScene(options: Fail2banOptions = {}): Promise<ChangesScene> {
  const fail2ban = await startFail2ban(options);
  const database = await temporaryDatabase();
  const { configDir, socket: socketPath, dir } = fail2ban;
  const { db } = database;
  const host = createLocalHost({ id: 'local', socketPath, log: silentLog, now: systemClock });
  const opened: Changes[] = [];
  const rehearser = createRehearser({
    configDir,
    program: '/usr/bin/fail2ban-server',
    allowedLogDirs: [dir],
  });
  const open = ({ aheadMs = 0, commandsAllowed = true, wrap = (one) => one }: SceneOptions = {}): Changes => {
    const now = () => systemClock() + aheadMs;
    const audit = createAudit({ db, now });
    const changes = createChanges({
      configDir,
      host,
      rehearser,
      reloader: createReloader({ client: '/usr/bin/fail2ban-client', configDir, socketPath }),
      journal: wrap(createJournal({ db, hostId: 'local', audit, now, log: silentLog })),
      commandsAllowed,
      tell: () => {},
      log: silentLog,
    });
    opened.push(changes);
    return changes;
  };
  const usual = open();
  const scene: ChangesScene = {
    fail2ban,
    database,
    open,
    told: [],
    files: (files) =>
      Promise.all(
        changesOf(files, dir).map(async (one) => ({
          ...one,
          before: hashOfKept(await fileNow(configDir, one.file)),
        })),
      ),
    async apply(files, more = {}) {
      scene.told.length = 0;
      const request = {
        files: await scene.files(files),
        actor: 'admin',
        action: 'write' as const,
        reason: null,
      };
      return await usual.apply({ ...request, allowCommands: true, ...more }, (step) => scene.told.push(step));
    },
    async jails() {
      return /Jail list:\s*(.*)/.exec(await fail2ban.client('status'))?.[1] ?? '';
    },
    async contents() {
      const found: Record<string, string> = {};
      for (const name of await readdir(configDir, { recursive: true })) {
        const about = await stat(join(configDir, name));
        if (!about.isFile()) continue;
        const text = await readFile(join(configDir, name), 'latin1');
        found[name] = `${about.mode} ${about.uid} ${about.gid} ${text}`;
      }
      return found;
    },
    async close() {
      await Promise.race([
        Promise.all(opened.map((one) => one.close())),
        new Promise((go) => setTimeout(go, 500)),
      ]);
      await rehearser.close();
      await host.close();
      await database.close();
      await fail2ban.remove();
    },
  };
  return scene;
}
