/** What a rehearsal means: which jails start, reload or stop, and which findings forbid the change. */
import type { z } from 'zod';
import type { ConfigFile, FileChange, Finding } from './change.ts';
import { judgeText } from './judge-text.ts';
import { judgeValues } from './judge-values.ts';
import { createPlacer } from './place-finding.ts';
import type { Rehearsal } from './rehearsal.ts';
import type { answer, Examined, Found } from './rehearse-answer.ts';
import type { Stage } from './stage.ts';
import { readLayers } from './tree.ts';

interface Weighing {
  staged: Stage;
  changes: readonly FileChange[];
  allowedLogDirs: readonly string[];
}

/** More than anybody reads; the errors come first. */
const mostFindings = 500;

export async function weigh(
  { staged, changes, allowedLogDirs }: Weighing,
  { before, after, known }: z.output<typeof answer>,
): Promise<Omit<Rehearsal, 'ms' | 'failure'>> {
  const old = [...before.findings, ...(await judgeValues(before, allowedLogDirs))];
  const references = await referencesIn(staged.after, changes);
  const found = [
    ...after.findings,
    ...(await judgeValues(after, allowedLogDirs)),
    ...changes.flatMap((change) => judgeText(change, known, references)),
  ];
  const oldKeys = new Set(old.map(keyOf));
  const same = sameJails({ before, after }, { old, found });
  const broken = new Set(found.flatMap(({ severity, jail }) => (severity === 'error' && jail ? [jail] : [])));
  const news = found
    .filter((one) => one.severity === 'error' || !oldKeys.has(keyOf(one)))
    .map((one) => (oldKeys.has(keyOf(one)) && isNoNews(one, same) ? quieter(one) : one));
  const place = createPlacer({ dir: staged.after, changed: changes.map(({ file }) => file.path) });
  const findings = [...staged.findings, ...staged.left.map(tooLarge)];
  for (const one of worstFirst(news).slice(0, mostFindings)) findings.push(named(await place(one), after));
  return { findings: worstFirst(distinct(findings)), ...jailsOf({ before, after }, { old, broken }) };
}

const quieter = (one: Found): Found => ({ ...one, severity: 'warning' });
const worstFirst = <T extends { severity: Finding['severity'] }>(all: readonly T[]): T[] => [
  ...all.filter(({ severity }) => severity === 'error'),
  ...all.filter(({ severity }) => severity !== 'error'),
];

const keyOf = ({ code, jail, option, subject, message }: Found): string =>
  JSON.stringify([code, jail ?? null, option ?? null, subject ?? null, message]);

/** One wrong line that several options take their value from is one finding. */
function distinct(findings: readonly Finding[]): Finding[] {
  const first = new Map<string, Finding>();
  for (const one of findings) {
    const key = JSON.stringify([one.code, one.message, one.jail, one.file, one.line ?? one.option]);
    if (!first.has(key)) first.set(key, one);
  }
  return [...first.values()];
}

/** What is so before and after the change, and does not stand in the way of it: the daemon copes with it already. */
function isNoNews({ code, jail, subject }: Found, same: ReadonlySet<string>): boolean {
  if (code === 'log-missing' || code === 'backend-missing') return true;
  if (jail) return same.has(jail);
  // Of these fail2ban reads nothing at all any more.
  return !(fatal.has(code) && (subject === 'jail' || subject === 'fail2ban'));
}

const fatal = new Set(['no-section', 'duplicate-section', 'duplicate-key', 'bad-line', 'byte-order-mark']);

/** Jails of which nothing is changed by the change. */
function sameJails(
  { before, after }: { before: Examined; after: Examined },
  { old, found }: { old: readonly Found[]; found: readonly Found[] },
): Set<string> {
  const [wrongBefore, wrongAfter] = [wrongOf(old), wrongOf(found)];
  return new Set(
    Object.entries(after.jails)
      .filter(([name, { key }]) => before.jails[name]?.key === key)
      .map(([name]) => name)
      .filter((name) => wrongBefore.get(name) === wrongAfter.get(name)),
  );
}

/** All that is wrong with each jail, as one text. */
function wrongOf(all: readonly Found[]): Map<string, string> {
  const wrong = new Map<string, string>();
  for (const one of all) if (one.jail) wrong.set(one.jail, `${wrong.get(one.jail) ?? ''}${keyOf(one)}\n`);
  return wrong;
}

function jailsOf(
  { before, after }: { before: Examined; after: Examined },
  { old, broken }: { old: readonly Found[]; broken: ReadonlySet<string> },
): Pick<Rehearsal, 'starts' | 'reloads' | 'restarts' | 'stops' | 'enabled'> {
  const brokenBefore = new Set(
    old.flatMap(({ severity, jail }) => (severity === 'error' && jail ? [jail] : [])),
  );
  const runs = (examined: Examined, without: ReadonlySet<string>): string[] =>
    Object.entries(examined.jails)
      .filter(([name, jail]) => jail.enabled && !jail.broken && !without.has(name))
      .map(([name]) => name)
      .toSorted();
  // A file of jails or of the server that cannot be read: then fail2ban loads none of them.
  const nothing = after.faulty.some((file) => !/^(?:filter|action)\.d\//.test(file));
  const [then, enabled] = [runs(before, brokenBefore), nothing ? [] : runs(after, broken)];
  const others = (of: 'key' | 'actions'): string[] =>
    enabled.filter((name) => then.includes(name) && before.jails[name]?.[of] !== after.jails[name]?.[of]);
  return {
    enabled,
    starts: enabled.filter((name) => !then.includes(name)),
    reloads: others('key'),
    restarts: others('actions'),
    stops: then.filter((name) => after.jails[name]?.enabled !== true),
  };
}

/** A file of a filter or an action that only one jail uses names that jail. */
function named(finding: Finding, { jails }: Examined): Finding {
  const { jail, file } = finding;
  if (jail !== null || file === null) return finding;
  const users = Object.entries(jails).filter(([, one]) => one.files.includes(file));
  return users.length === 1 ? { ...finding, jail: users[0]?.[0] ?? null } : finding;
}

const tooLarge = (file: string): Finding => ({
  severity: 'error',
  code: 'too-large',
  message: `${file} is too large to be tried.`,
  jail: null,
  option: null,
  file,
  line: null,
  suggestion: null,
});

const subjectOf = ({ kind, path }: ConfigFile): string => {
  if (kind === 'server') return 'fail2ban';
  return kind === 'jail' ? 'jail' : path.replace(/\.\w+$/, '');
};

/** Names that some value refers to. */
async function referencesIn(dir: string, changes: readonly FileChange[]): Promise<Set<string>> {
  const subjects = changes.map(({ file }) => subjectOf(file));
  const layers = await Promise.all(['jail', ...subjects].map((subject) => readLayers(dir, subject)));
  const texts = layers.flat().flatMap(({ lines }) => lines.map(({ text }) => text));
  const names = texts.flatMap((text) =>
    [...text.matchAll(/%\((?:[\w-]+\/)?([^()]*)\)s|<([^<>\s]+)>/g)].map((one) => one[1] ?? one[2] ?? ''),
  );
  return new Set(names.map((name) => name.toLowerCase()));
}
