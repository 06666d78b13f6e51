/** What is wrong with a configuration as fail2ban's readers tell it, each with its place. */
import { join, dirname, isAbsolute, relative } from 'node:path';
import { nearName } from '../../base/nearest-name.ts';
import type { ReadersAnswer, ToldFinding, ToldJail } from './ask-readers.ts';
import type { Finding } from './change.ts';
import { jailOption } from './jail-options.ts';
import type { Layers, Place, PlacedValue } from './place-values.ts';

/** Of filters and actions, without endings. */
export interface KnownNames {
  filters: readonly string[];
  actions: readonly string[];
}

interface Problems {
  answer: ReadersAnswer;
  layers: Layers;
  names: KnownNames;
  jails: readonly (JailValues & { told: ToldJail; wrong: readonly Finding[] })[];
}

export interface JailValues {
  values: readonly PlacedValue[];
  value(option: string): PlacedValue | null;
}

export function findProblems({ answer, layers, names, jails }: Problems): Finding[] {
  const byName = new Map(jails.map((one) => [one.told.name, one]));
  const placeOf = (jail: string | null, option: string | null): Place | null =>
    jail === null || option === null ? null : (byName.get(jail)?.value(option)?.origin ?? null);
  const told = answer.findings.map((one): Finding => {
    const { severity, code, message, jail, option } = one;
    const place = one.file === null ? placeOf(jail, option) : null;
    return {
      severity: severityIn(byName.get(jail ?? '')?.told, severity),
      code,
      message,
      // A key that is there twice can be in a filter: its section is no jail then.
      jail: jail !== null && byName.has(jail) ? jail : null,
      option,
      file: place?.file ?? fileOf(answer.root, one),
      line: place?.line ?? one.line,
      suggestion: null,
    };
  });
  return [
    ...told,
    ...missingIncludes(answer, layers),
    ...jails.flatMap((one) => [...one.wrong, ...problemOf(one, names)]),
  ];
}

const fileOf = (root: string, { file }: ToldFinding): string | null =>
  file === null ? null : relative(root, file);

/** What is wrong with a jail that is off harms nothing until it is switched on. */
const severityIn = (jail: ToldJail | undefined, severity: Finding['severity']): Finding['severity'] =>
  jail === undefined || jail.enabled ? severity : 'warning';

/** A `.local` is looked for beside every included file; only the others have to be there. */
function missingIncludes({ missing, root }: ReadersAnswer, layers: Layers): Finding[] {
  const gone = new Set(
    missing.filter((path) => !path.endsWith('.local')).map((path) => relative(root, path)),
  );
  return layers.entries
    .filter((entry) => entry.section === 'INCLUDES')
    .flatMap((entry) =>
      entry.lines.flatMap(({ line, text }): Finding[] => {
        const path = isAbsolute(text) ? relative(root, text) : join(dirname(entry.file), text);
        if (text === '' || !gone.has(path)) return [];
        const message = `The file ${text} that it includes is not there; fail2ban goes on without it.`;
        const { file, key: option } = entry;
        return [
          {
            severity: 'warning',
            code: 'include-missing',
            message,
            jail: null,
            option,
            file,
            line,
            suggestion: null,
          },
        ];
      }),
    );
}

/** Values that fail2ban would not take. */
export function wrongValues(told: ToldJail, { values, value }: JailValues): Finding[] {
  return values.flatMap(({ option, value: text }) => {
    const problem = text === null ? null : (jailOption(option)?.judge(text) ?? null);
    if (problem === null || !breaks.has(problem.code)) return [];
    return [inJail(told, value, { option, ...problem, suggestion: null })];
  });
}

/** Why fail2ban would leave the whole jail out. */
function problemOf({ told, value }: Problems['jails'][number], names: KnownNames): Finding[] {
  if (told.problem === null) return [];
  return [inJail(told, value, { message: told.problem, ...blame(told, names) })];
}

function inJail(
  told: ToldJail,
  value: JailValues['value'],
  said: Pick<Finding, 'option' | 'code' | 'message' | 'suggestion'>,
): Finding {
  const place = said.option === null ? null : (value(said.option)?.origin ?? null);
  const { file = null, line = null } = place ?? {};
  return { severity: severityIn(told, 'error'), jail: told.name, file, line, ...said };
}

/** The others are only refused in what is written anew: fail2ban does well with them. */
const breaks = new Set(['bad-time', 'not-a-number', 'not-a-boolean']);

/** fail2ban's readers say it in a sentence of theirs. */
function blame(
  { problem, filter, actions }: ToldJail,
  names: KnownNames,
): { option: string | null; code: string; suggestion: string | null } {
  const said = problem ?? '';
  const missing = /^Unable to read the filter|^Unable to read action '([^']*)'/.exec(said);
  if (missing !== null) {
    const action = missing[1];
    return action === undefined
      ? { option: 'filter', code: 'filter-missing', suggestion: nearName(filter?.name ?? '', names.filters) }
      : { option: 'action', code: 'action-missing', suggestion: nearName(action, names.actions) };
  }
  if (said.startsWith('Invalid filter') || (filter !== null && filter.name === null))
    return { option: 'filter', code: 'bad-filter', suggestion: null };
  if (/action/i.test(said) || actions.some((one) => one.name === null))
    return { option: 'action', code: 'bad-action', suggestion: null };
  return { option: null, code: 'jail-unreadable', suggestion: null };
}
