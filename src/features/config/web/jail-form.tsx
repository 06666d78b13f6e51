/** A jail as form. Every field says which line decides it, and leads back to what it overrides. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Note } from '../../../ui/note.tsx';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { problemOf } from '../../../ui/problem.ts';
import {
  effectiveQuery,
  filesQuery,
  jailOptionsQuery,
  type Finding,
  type JailOption,
} from './config-query.ts';
import { fieldState } from './field-state.ts';
import { groupsOf, isOn, kindOf } from './form-fields.ts';
import { setOption } from './ini-text.ts';
import { OptionField } from './option-field.tsx';
import type { OpenFile } from './use-open-file.ts';

interface JailFormProps {
  file: OpenFile;
  jail: string;
  findings: readonly Finding[];
}

export function JailForm({ file, jail, findings }: JailFormProps) {
  const { t } = useTranslation();
  const caller = useCaller();
  const effective = useQuery(effectiveQuery(caller, jail));
  const known = useQuery(jailOptionsQuery(caller));
  const filters = useNames('filter');
  const actions = useNames('action');
  const values = useMemo(() => {
    const own = effective.data?.items.find((item) => item.jail === jail)?.values ?? [];
    return new Map(own.map((value) => [value.option, value]));
  }, [effective.data, jail]);
  const failure = known.error ?? (problemOf(effective.error).status === 404 ? null : effective.error);
  const set = (option: string, value: string | null): void =>
    file.edit(setOption(file.text, jail, option, value));
  const fieldOf = (option: JailOption) => (
    <OptionField
      key={option.name}
      option={option.name}
      kind={kindOf(option)}
      sentence={option.sentence}
      state={fieldState({ file, section: jail, option: option.name, value: values.get(option.name) ?? null })}
      findings={findings.filter(
        (finding) => finding.option === option.name && (finding.jail === jail || finding.jail === null),
      )}
      choices={option.name === 'filter' ? filters : option.name === 'banaction' ? actions : option.choices}
      onChange={(value) => set(option.name, value)}
    />
  );
  const options = known.data?.items ?? [];
  const enabled = fieldState({
    file,
    section: jail,
    option: 'enabled',
    value: values.get('enabled') ?? null,
  });
  return (
    <div className="form-body">
      {failure === null ? null : (
        <ProblemNote problem={problemOf(failure)} title={t('config.effective_failed')} />
      )}
      <section className="form-group form-group-first">
        {options.filter(({ name }) => name === 'enabled').map(fieldOf)}
        {isOn(enabled.value ?? '') ? null : (
          <Note kind="info">{t('config.jail_is_off', { name: jail })}</Note>
        )}
      </section>
      {groupsOf(options).map((group) =>
        group.options.length === 0 ? null : (
          <details key={group.key} className="form-group" open={group.key !== 'more'}>
            <summary className="section-title">{t(`config.group.${group.key}`)}</summary>
            {group.options.map(fieldOf)}
          </details>
        ),
      )}
    </div>
  );
}

function useNames(kind: 'filter' | 'action'): string[] {
  const { data } = useQuery(filesQuery(useCaller(), kind));
  return useMemo(
    () =>
      [...new Set((data?.items ?? []).map(({ name }) => name.replace(/\.(?:conf|local)$/, '')))].toSorted(),
    [data],
  );
}
