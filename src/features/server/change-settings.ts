/** Changes settings of fail2ban itself: checked, set at once, and kept in `fail2ban.local`. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDuration } from '../../base/duration.ts';
import type { EndpointInput, EndpointOutput } from '../../base/endpoint.ts';
import { AppError, conflict, invalidInput, type FieldError } from '../../base/errors.ts';
import type { ChangeEnd, FileChange } from '../../host/config/change.ts';
import { parseConfigFile } from '../../host/config/parse-config-file.ts';
import { setOptions } from '../../host/config/set-options.ts';
import { checkLogTarget } from '../../host/server-log/check-log-target.ts';
import { logLevels, type LogLevel } from '../../host/server-verbs.ts';
import type { Audit } from '../../platform/audit.ts';
import type { Call } from '../../platform/http/mount.ts';
import type { writeSettings } from './contract.ts';
import { currentSettings, optionOf, type SettingsDeps } from './settings.ts';

/** Applies a change of the configuration as one step, with a revision of it. */
export type ApplyFiles = (request: {
  files: FileChange[];
  actor: string;
  client: string;
  action: 'server';
  reason: null;
  allowCommands: false;
}) => Promise<ChangeEnd & { revision: number | null }>;

export interface ChangeDeps extends SettingsDeps {
  audit: Audit;
  apply: ApplyFiles;
}

type Body = EndpointInput<typeof writeSettings>['body'];
type Answer = EndpointOutput<typeof writeSettings>;

interface Wanted {
  log_level?: LogLevel;
  log_target?: string;
  db_purge_age?: number;
  db_max_matches?: number;
}

const hour = 3_600;

/**
 * Throws 422 for a value that cannot be, 409 where fail2ban keeps no database, 502 when it refuses one, 503 when it
 * does not answer: then what was set before is set back.
 */
export async function changeSettings(
  deps: ChangeDeps,
  body: Body,
  call: Pick<Call, 'actor' | 'client'>,
): Promise<Answer> {
  const { host, audit } = deps;
  const before = await currentSettings(deps);
  const wanted = await readWanted(deps, body, before);
  const actor = call.actor?.name ?? '';
  const entry = {
    actor,
    client: call.client,
    hostId: host.id,
    action: 'server.settings',
    target: 'fail2ban',
  };
  const back: (() => Promise<unknown>)[] = [];
  try {
    for (const set of settersOf(deps, wanted, before)) {
      await set.forward();
      back.unshift(set.back);
    }
  } catch (error) {
    for (const undo of back) await undo();
    await audit({ ...entry, detail: { wanted }, outcome: 'failed' });
    throw error;
  }
  const kept = await keep(deps, wanted, { actor, client: call.client });
  await audit({ ...entry, detail: { wanted, kept: kept.kept, detail: kept.detail }, outcome: 'done' });
  return { ...(await currentSettings(deps)), ...kept };
}

async function readWanted(deps: ChangeDeps, body: Body, before: Before): Promise<Wanted> {
  const wanted: Wanted = {};
  const wrong: FieldError[] = [];
  const refuse = (field: keyof Body, message: string): void =>
    void wrong.push({ field: `body.${field}`, message });
  if (body.log_level !== undefined) {
    const level = logLevels.find((known) => known === body.log_level?.toUpperCase());
    if (level === undefined) refuse('log_level', `One of ${logLevels.join(', ')}`);
    else wanted.log_level = level;
  }
  if (body.log_target !== undefined) {
    const own = [before.log_target, before.configured.log_target?.value].filter(
      (each) => typeof each === 'string',
    );
    const check = await checkLogTarget(body.log_target.trim(), { allowedDirs: deps.logFolders, own });
    if (check.ok) wanted.log_target = check.target;
    else refuse('log_target', check.reason);
  }
  if (body.db_purge_age !== undefined) {
    const seconds = parseDuration(body.db_purge_age);
    if (seconds === null || seconds < hour) refuse('db_purge_age', 'A time from 1 h to 10 years, e.g. 7d');
    else wanted.db_purge_age = seconds;
  }
  if (body.db_max_matches !== undefined) wanted.db_max_matches = body.db_max_matches;
  const [first] = wrong;
  if (first !== undefined) throw invalidInput(first.message, wrong);
  if (Object.keys(wanted).length === 0) throw invalidInput('Nothing to change was given.');
  return wanted;
}

interface Setter {
  forward(): Promise<void>;
  back(): Promise<unknown>;
}

/** Most likely refused first. */
function settersOf({ host }: ChangeDeps, wanted: Wanted, before: Before): Setter[] {
  const { server } = host;
  const setters: Setter[] = [];
  const add = <T>(value: T | undefined, old: T | null, set: (value: T) => Promise<void>): void => {
    if (value === undefined) return;
    setters.push({
      forward: () => set(value),
      back: async () => (old === null ? undefined : await set(old)),
    });
  };
  const stored = async (inForce: Promise<boolean>): Promise<void> => {
    if (await inForce) return;
    throw conflict('no_database', 'fail2ban keeps no database, so there is nothing it could remember.');
  };
  add(wanted.log_target, before.log_target, server.setLogTarget);
  add(wanted.db_purge_age, before.db_purge_age, (seconds) => stored(server.setPurgeAge(seconds)));
  add(wanted.db_max_matches, before.db_max_matches, (lines) => stored(server.setMaxMatches(lines)));
  const oldLevel = logLevels.find((level) => level === before.log_level) ?? null;
  add(wanted.log_level, oldLevel, server.setLogLevel);
  return setters;
}

type Before = Awaited<ReturnType<typeof currentSettings>>;
type Kept = Pick<Answer, 'kept' | 'detail' | 'revision'>;

const localName = 'fail2ban.local';

async function keep(
  { apply, configDir }: ChangeDeps,
  wanted: Wanted,
  author: { actor: string; client: string },
): Promise<Kept> {
  const not = (detail: string): Kept => ({ kept: false, detail, revision: null });
  const file = parseConfigFile('server', localName);
  if (file === null) throw new Error(`${localName} is no name of a file of the configuration`);
  const bytes = await readFile(join(configDir, file.path)).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  const text = bytes?.toString('utf8') ?? '';
  if (bytes !== null && !Buffer.from(text, 'utf8').equals(bytes))
    return not(`In force until fail2ban’s next start: ${localName} is not written in UTF-8.`);
  const values = Object.fromEntries(
    Object.entries(wanted).map(([name, value]) => [optionByName(name), String(value)]),
  );
  const content = setOptions(text, 'Definition', values);
  const before = bytes === null ? null : createHash('sha256').update(bytes).digest('hex');
  const files = [{ file, before, content }];
  const request = { files, ...author, action: 'server', reason: null, allowCommands: false } as const;
  const end = await apply(request).catch((error: unknown) => {
    if (error instanceof AppError) return error;
    throw error;
  });
  if (end instanceof AppError) return not(`In force until fail2ban’s next start: ${end.message}`);
  const { revision } = end;
  if (end.result === 'applied' || end.result === 'unchanged')
    return { kept: true, detail: `Also in ${localName}, for its next start.`, revision };
  const why = end.findings.find(({ severity }) => severity === 'error')?.message;
  const failed = end.steps.find(({ outcome }) => outcome === 'failed')?.detail;
  return { ...not(`In force until fail2ban’s next start: ${why ?? failed ?? end.result}`), revision };
}

function optionByName(name: string): string {
  const known = Object.entries(optionOf).find(([one]) => one === name);
  if (known === undefined) throw new Error(`no setting is called ${name}`);
  return known[1];
}
