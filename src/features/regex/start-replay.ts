/** Puts a replay together: the jail in force, the jail as it is tried, the lines, and whose addresses are ours. */
import type { Kysely } from 'kysely';
import { parseDuration, permanent } from '../../base/duration.ts';
import type { EndpointInput } from '../../base/endpoint.ts';
import { invalidInput } from '../../base/errors.ts';
import type { RegexEngine } from '../../host/regex/match-lines.ts';
import type { ReadDraft } from '../../host/regex/read-draft.ts';
import type { ReplayFilter, ReplayLines, ReplayRules } from '../../host/regex/replay-lines.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Locate } from '../../platform/geo/place.ts';
import { increaseNotes } from './ban-increase.ts';
import { draftRules, type Tried } from './draft-rules.ts';
import { unavailable, type LabJail, type LabJails } from './lab-jails.ts';
import { wrong } from './line-source.ts';
import { ownUsers } from './own-users.ts';
import type { startReplay } from './replay-contract.ts';
import { openSource } from './replay-source.ts';
import { resultView } from './replay-view.ts';
import type { Replays } from './replays.ts';
import { linesOf } from './test-lines.ts';

export interface ReplayDeps {
  db: Kysely<Database>;
  hostId: string;
  jails: LabJails;
  engine: RegexEngine;
  readDraft: ReadDraft;
  replayLines: ReplayLines;
  replays: Replays;
  locate: Locate;
  allowedLogDirs: readonly string[];
  /** How long fail2ban's database remembers a ban, seconds; null: it keeps none, or was never asked. */
  purgeSeconds: () => number | null;
  now: () => number;
}

type Body = EndpointInput<typeof startReplay>['body'];
type Trial = NonNullable<Body['trial']>;

/** Answers the run's id. Throws 404 for an unknown jail, 422 for what cannot be tried or may not be read. */
export async function beginReplay(deps: ReplayDeps, body: Body, client: string): Promise<string> {
  const { db, hostId, replayLines, replays, locate, allowedLogDirs, now } = deps;
  const from = body.from === undefined ? 0 : Date.parse(body.from);
  const to = body.to === undefined ? now() + 86_400_000 : Date.parse(body.to);
  if (from >= to) throw wrong('to', 'It must be later than `from`.');
  const tried = await triedIn(deps, body);
  const { jail } = tried;
  const own = await ownUsers(db, client, now());
  const source = await openSource({ db, hostId, allowedLogDirs }, body.source, {
    jail: jail.name,
    files: jail.files,
    journal: jail.journal,
    from,
    to,
  });
  const purgeSeconds = deps.purgeSeconds();
  return await replays.add({
    jail: jail.name,
    size: source.inputs.reduce((sum, one) => sum + one.size, 0),
    work: (signal, onProgress) =>
      replayLines(
        {
          now: tried.now,
          trial: tried.trial,
          ignoreip: [...jail.ignoreip, ...(jail.ignoreSelf ? own.machine : [])],
          own: [...own.reasons.keys()],
          from,
          to,
          at: now(),
          purgeSeconds,
          inputs: source.inputs,
        },
        signal,
        onProgress,
      ),
    view: (result) =>
      resultView(result, {
        locate,
        reasons: own.reasons,
        expressions: tried.expressions,
        askedFrom: body.from === undefined ? null : from,
        notes: [...tried.notes, ...source.notes, ...increaseNotes(tried, purgeSeconds)],
      }),
    close: source.close,
  });
}

async function triedIn(deps: ReplayDeps, { jail: name, trial = {}, draft }: Body): Promise<Tried> {
  if (draft !== undefined) {
    const tried = await draftRules(deps, draft, name);
    await assertReadable(deps.engine, tried.trial.filter, 'draft.content');
    return tried;
  }
  const jail = await deps.jails.jailOf(name);
  const rules = trialRules(jail, trial);
  if (trial.failregex !== undefined || trial.ignoreregex !== undefined)
    await assertReadable(deps.engine, rules.filter, 'trial');
  const expressions = linesOf(trial.failregex ?? jail.written.expressions);
  return { jail, now: jail.force, trial: rules, expressions, notes: [] };
}

function trialRules({ force, written }: LabJail, trial: Trial): ReplayRules {
  const expressions = given(trial.failregex, written.expressions, force.filter.expressions);
  const ignore = given(trial.ignoreregex, written.ignore, force.filter.ignore);
  const date = trial.datepattern ?? written.datePattern ?? '';
  return {
    filter: {
      ...force.filter,
      expressions,
      ignore,
      datePattern: date === (written.datePattern ?? '') ? force.filter.datePattern : date || null,
    },
    maxretry: trial.maxretry ?? force.maxretry,
    findtime: seconds('findtime', trial.findtime, force.findtime),
    bantime: seconds('bantime', trial.bantime, force.bantime),
    increase: force.increase,
  };
}

/** What stands in the file unchanged is what is in force, however the daemon spells it. */
function given(
  asked: Trial['failregex'],
  written: readonly string[],
  inForce: readonly string[],
): readonly string[] {
  if (asked === undefined) return inForce;
  const lines = linesOf(asked);
  const same = lines.length === written.length && lines.every((line, index) => line === written[index]);
  return same ? inForce : lines;
}

function seconds(
  option: 'findtime' | 'bantime',
  asked: string | number | undefined,
  inForce: number,
): number {
  if (asked === undefined) return inForce;
  const read = parseDuration(asked);
  if (read === null || (read === permanent && option === 'findtime'))
    throw wrong(`trial.${option}`, 'Whole seconds or a time such as 1d12h, from 1 s to 10 years.');
  return read;
}

/** A wrong expression is told at once, not after a long run. */
async function assertReadable(
  engine: RegexEngine,
  filter: ReplayFilter,
  field: 'trial' | 'draft.content',
): Promise<void> {
  const outcome = await engine.matchLines({ ...filter, lines: [], at: 0 });
  if (outcome.kind !== 'answered') throw unavailable(outcome);
  const place = (option: string): string => `body.${field === 'trial' ? `trial.${option}` : field}`;
  const fields = [
    ...outcome.answer.expressions.map((one, index) => ({ ...one, field: place(`failregex.${index}`) })),
    ...outcome.answer.ignore.map((one, index) => ({ ...one, field: place(`ignoreregex.${index}`) })),
  ].flatMap(({ field: at, problem }) => (problem === null ? [] : [{ field: at, message: problem }]));
  const [first] = fields;
  if (first !== undefined) throw invalidInput(`fail2ban refuses an expression. ${first.message}`, fields);
}
