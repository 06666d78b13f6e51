/** A jail of the laboratory: what the daemon runs, what the configuration says, and the lines it reads. */
import { glob } from 'node:fs/promises';
import { parseDuration } from '../../base/duration.ts';
import { AppError, notFound } from '../../base/errors.ts';
import type { Host, JailRules, JailSnapshot } from '../../host/host.ts';
import type { EngineRefusal } from '../../host/regex/ask-engine.ts';
import type { RegexEngine } from '../../host/regex/match-lines.ts';
import {
  isFilterName,
  type FilterReader,
  type WrittenFilter,
  type WrittenJail,
} from '../../host/regex/read-filters.ts';
import type { ReplayFilter, ReplayRules } from '../../host/regex/replay-lines.ts';
import { increaseInForce, increaseWritten } from './ban-increase.ts';

export interface LabJail {
  name: string;
  running: boolean;
  /** As the configuration names it. */
  filter: string | null;
  /** As a person wrote it. */
  written: ReplayFilter;
  /** What the daemon runs; for a jail that is off, what it would run. */
  force: ReplayRules;
  ignoreip: string[];
  /** As the configuration says; the daemon may have been told more. */
  ignoreWritten: string[];
  /** It lets this machine's own addresses through. */
  ignoreSelf: boolean;
  files: string[];
  /** Words of a `journalmatch`. */
  journal: string[];
}

interface LabJailsDeps {
  host: Host;
  reader: FilterReader;
  engine: RegexEngine;
}

export type LabJails = ReturnType<typeof createLabJails>;

/** fail2ban's own, where the configuration says nothing. */
export const usual = { maxretry: 5, findtime: 600, bantime: 600 };
const mostFiles = 20;

export function createLabJails({ host, reader, engine }: LabJailsDeps) {
  async function list() {
    const told = await reader.read({ list: true });
    const written = told.kind === 'answered' ? (told.answer.list?.value ?? []) : [];
    const running = new Set<string>(host.status().jails.map((one) => one.name));
    const off = written.filter((one) => !running.has(one.name));
    return [
      ...[...running].toSorted().map((name) => ({ name, enabled: true, running: true })),
      ...off.map((one) => ({ ...one, running: false })),
    ];
  }

  /** Throws 404 for a jail that neither runs nor is written. */
  async function jailOf(name: string): Promise<LabJail> {
    const snapshot = host.status().jails.find((one) => one.name === name) ?? null;
    const told = await reader.read({ jails: [name] });
    const written = told.kind === 'answered' ? (told.answer.jails[0]?.value ?? null) : null;
    const rules = snapshot === null ? null : await host.rulesOf(snapshot.name).catch(() => null);
    if (rules === null && written === null) throw missing(name, told);
    return await labJail({ name, snapshot, written, rules });
  }

  async function labJail({ name, snapshot, written, rules }: Known): Promise<LabJail> {
    const texts = written === null ? await folded(rules) : filterOf(written);
    return {
      name,
      running: snapshot !== null,
      filter: written?.filter ?? null,
      written: texts,
      force: rules === null ? rulesOf(written, texts) : rulesInForce(rules, texts),
      ignoreip: await ignoreList(snapshot, written),
      ignoreWritten: ignoredBy(written),
      ignoreSelf: written?.ignoreself !== 'False',
      files: await filesOf(snapshot, written),
      journal: journalOf(snapshot, written),
    };
  }

  /** One that only a draft holds. */
  const newJail = (name: string, written: WrittenJail): Promise<LabJail> =>
    labJail({ name, snapshot: null, written, rules: null });

  /** Throws 404 for a filter that is not there, 503 without fail2ban's programs. */
  async function filterNamed(
    name: string,
    options: Readonly<Record<string, string>> = {},
  ): Promise<ReplayFilter> {
    const told = isFilterName(name) ? await reader.read({ filters: [{ name, options }] }) : null;
    if (told !== null && told.kind !== 'answered') throw unavailable(told);
    const found = told?.answer.filters[0];
    if (found === undefined || found.value === null)
      throw notFound(found?.problem ?? `There is no filter ${name}.`);
    return filterOf(found.value);
  }

  async function ignoreList(snapshot: JailSnapshot | null, written: WrittenJail | null): Promise<string[]> {
    const asked = snapshot === null ? null : await host.ignoreList(snapshot.name).catch(() => null);
    return asked ?? ignoredBy(written);
  }

  /** The daemon tells expressions with its tags expanded; its engine knows them by heart. */
  async function folded(rules: JailRules | null): Promise<ReplayFilter> {
    if (rules === null) return emptyFilter;
    const told = await engine.matchLines({ ...rules.filter, lines: [], at: 0 });
    const text = (each: readonly { text: string }[]) => each.map((one) => one.text);
    return told.kind === 'answered'
      ? { ...rules.filter, expressions: text(told.answer.expressions), ignore: text(told.answer.ignore) }
      : rules.filter;
  }

  return { list, jailOf, newJail, filterNamed };
}

interface Known {
  name: string;
  snapshot: JailSnapshot | null;
  written: WrittenJail | null;
  rules: JailRules | null;
}

export const ignoredBy = (written: WrittenJail | null): string[] =>
  (written?.ignoreip ?? []).flatMap((one) => one.split(/[\s,]+/)).filter((one) => one !== '');

export const emptyFilter: ReplayFilter = {
  expressions: [],
  ignore: [],
  prefix: null,
  datePattern: null,
  timeZone: null,
  maxLines: 1,
};

export const filterOf = (written: WrittenFilter): ReplayFilter => ({
  expressions: written.expressions,
  ignore: written.ignore,
  prefix: written.prefix,
  datePattern: written.datePattern,
  timeZone: written.timeZone,
  maxLines: Number(written.maxLines ?? 1) || 1,
  hostNames: written.usedns !== 'no',
});

function rulesOf(written: WrittenJail | null, filter: ReplayFilter): ReplayRules {
  const time = (text: string | null | undefined, other: number) => parseDuration(text ?? '') ?? other;
  return {
    filter,
    maxretry: Number(written?.maxretry ?? usual.maxretry) || usual.maxretry,
    findtime: time(written?.findtime, usual.findtime),
    bantime: time(written?.bantime, usual.bantime),
    increase: written === null ? null : increaseWritten(written),
  };
}

const rulesInForce = (rules: JailRules, texts: ReplayFilter): ReplayRules => ({
  filter: {
    ...rules.filter,
    // Of several patterns the daemon tells none.
    datePattern: rules.filter.datePattern ?? texts.datePattern,
    hostNames: texts.hostNames ?? true,
  },
  maxretry: rules.maxRetry,
  findtime: rules.findSeconds,
  bantime: rules.banSeconds,
  increase: increaseInForce(rules.increase),
});

async function filesOf(snapshot: JailSnapshot | null, written: WrittenJail | null): Promise<string[]> {
  if (snapshot !== null && snapshot.files.length > 0) return snapshot.files.slice(0, mostFiles);
  const found: string[] = [];
  for (const line of written?.logpath ?? []) {
    // `path tail` reads it from its end.
    const pattern = line.trim().replace(/\s+(?:head|tail)$/, '');
    if (!/[*?[]/.test(pattern)) found.push(pattern);
    else for await (const path of glob(pattern)) if (found.length < mostFiles) found.push(path);
  }
  return found.slice(0, mostFiles);
}

const journalOf = (snapshot: JailSnapshot | null, written: WrittenJail | null): string[] =>
  snapshot !== null && snapshot.journalMatches.length > 0
    ? snapshot.journalMatches.join(' + ').split(/\s+/)
    : (written?.journal ?? []).flatMap((words, index) => (index === 0 ? words : ['+', ...words]));

function missing(name: string, told: Awaited<ReturnType<FilterReader['read']>>): AppError {
  if (told.kind !== 'answered') return unavailable(told);
  return notFound(told.answer.jails[0]?.problem ?? `There is no jail ${name}.`);
}

/** fail2ban's programs are missing here, or gave up. */
export const unavailable = ({ kind, sentence }: EngineRefusal): AppError =>
  kind === 'missing'
    ? new AppError(503, 'engine_missing', sentence)
    : new AppError(422, 'engine_refused', sentence);
