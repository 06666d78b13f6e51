/** What a draft of the configuration would make of a jail, to be replayed against what is in force. */
import { parseDuration, permanent } from '../../base/duration.ts';
import type { EndpointInput } from '../../base/endpoint.ts';
import { AppError } from '../../base/errors.ts';
import { parseConfigFile } from '../../host/config/parse-config-file.ts';
import type { ReadDraft } from '../../host/regex/read-draft.ts';
import type { WrittenJail } from '../../host/regex/read-filters.ts';
import type { ReplayRules } from '../../host/regex/replay-lines.ts';
import { increaseWritten } from './ban-increase.ts';
import {
  emptyFilter,
  filterOf,
  ignoredBy,
  unavailable,
  usual,
  type LabJail,
  type LabJails,
} from './lab-jails.ts';
import { wrong } from './line-source.ts';
import type { startReplay } from './replay-contract.ts';

type Draft = NonNullable<EndpointInput<typeof startReplay>['body']['draft']>;

export interface Tried {
  /** Where its lines are, and whom it ignores. */
  jail: LabJail;
  now: ReplayRules;
  trial: ReplayRules;
  /** As they were written. */
  expressions: readonly string[];
  notes: string[];
}

interface DraftDeps {
  jails: LabJails;
  readDraft: ReadDraft;
}

/** Throws 422 for a draft that cannot be read, 503 without fail2ban's programs. */
export async function draftRules(
  { jails, readDraft }: DraftDeps,
  draft: Draft,
  name: string,
): Promise<Tried> {
  const file = parseConfigFile(draft.kind, draft.name);
  if (file === null || !file.local)
    throw wrong('draft.name', 'The name of a file of this kind, with .local at the end.');
  if (!draft.content.isWellFormed()) throw wrong('draft.content', 'It would hold half a character.');
  const read = await readDraft({ file, content: draft.content }, name);
  if (read.kind === 'wrong') throw wrong('draft.content', read.sentence);
  if (read.kind !== 'answered') throw unavailable(read);
  const { written, enabled } = read;
  const jail = await jails.jailOf(name).catch((error: unknown) => {
    // It is in the draft only.
    if (error instanceof AppError && error.status === 404) return jails.newJail(name, written);
    throw error;
  });
  const rules = rulesWritten(written);
  const nobody = { ...rules, filter: emptyFilter };
  const { running, force } = jail;
  return {
    jail,
    expressions: written.expressions,
    now: running ? force : nobody,
    trial: running && !enabled ? nobody : rules,
    notes: [
      running === enabled ? null : running ? switchesOff : switchesOn,
      running || enabled ? null : staysOff,
      sameWords(ignoredBy(written), jail.ignoreWritten) ? null : otherIgnored,
    ].filter((note) => note !== null),
  };
}

const switchesOff = 'The draft switches the jail off: it would ban nobody.';
const switchesOn = 'The jail does not run: nobody is banned by what is in force.';
const staysOff = 'The jail does not run, with the draft neither: this is what it would do if it did.';
const otherIgnored =
  'The draft’s own ignoreip is not replayed: left out are those whom the jail in force ignores.';

const sameWords = (one: readonly string[], other: readonly string[]): boolean =>
  one.join(' ') === other.join(' ');

function rulesWritten(written: WrittenJail): ReplayRules {
  for (const option of ['maxtime', 'rndtime'] as const) time(`bantime.${option}`, written[option], 0);
  const findtime = time('findtime', written.findtime, usual.findtime);
  if (findtime === permanent) throw unreadable('findtime', written.findtime);
  const maxretry = Number(written.maxretry ?? usual.maxretry);
  if (!Number.isInteger(maxretry) || maxretry < 1) throw unreadable('maxretry', written.maxretry);
  return {
    filter: filterOf(written),
    maxretry,
    findtime,
    bantime: time('bantime', written.bantime, usual.bantime),
    increase: increaseWritten(written),
  };
}

function time(option: string, text: string | null, other: number): number {
  if (text === null || text === '') return other;
  const seconds = parseDuration(text);
  if (seconds === null) throw unreadable(option, text);
  return seconds;
}

const unreadable = (option: string, text: string | null) =>
  wrong(
    'draft.content',
    `${option} would be “${(text ?? '').slice(0, 80)}”, which is not what fail2ban takes.`,
  );
