/** A jail as form. Every field says which line decides it, and leads back to what it overrides. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Note } from '../../../ui/note.tsx';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { problemOf } from '../../../ui/problem.ts';
import { effectiveQuery, filesQuery, type Finding } from './config-query.ts';
import { fieldState } from './field-state.ts';
import { isOn, jailGroupsOfForm, type Field } from './form-fields.ts';
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
  const filters = useNames('filter');
  const actions = useNames('action');
  const values = useMemo(() => {
    const own = effective.data?.items.find((item) => item.jail === jail)?.values ?? [];
    return new Map(own.map((value) => [value.option, value]));
  }, [effective.data, jail]);
  const unknown = effective.error !== null && problemOf(effective.error).status !== 404;
  const set = (option: string, value: string | null): void =>
    file.edit(setOption(file.text, jail, option, value));
  const fieldOf = (field: Field) => (
    <OptionField
      key={field.option}
      option={field.option}
      kind={field.kind}
      state={fieldState({
        file,
        section: jail,
        option: field.option,
        value: values.get(field.option) ?? null,
      })}
      findings={findings.filter(
        (finding) => finding.option === field.option && (finding.jail === jail || finding.jail === null),
      )}
      choices={field.kind === 'filter' ? filters : field.kind === 'action' ? actions : []}
      onChange={(value) => set(field.option, value)}
    />
  );
  const enabled = fieldState({
    file,
    section: jail,
    option: 'enabled',
    value: values.get('enabled') ?? null,
  });
  return (
    <div className="form-body">
      {unknown ? (
        <ProblemNote problem={problemOf(effective.error)} title={t('config.effective_failed')} />
      ) : null}
      <section className="form-group form-group-first">
        <OptionField
          option="enabled"
          kind="switch"
          state={enabled}
          findings={findings.filter(({ option }) => option === 'enabled')}
          choices={[]}
          onChange={(value) => set('enabled', value)}
        />
        {isOn(enabled.value ?? '') ? null : (
          <Note kind="info">{t('config.jail_is_off', { name: jail })}</Note>
        )}
      </section>
      {jailGroupsOfForm.map((group) => (
        <section key={group.key} className="form-group" aria-label={t(`config.group.${group.key}`)}>
          <h3 className="section-title">{t(`config.group.${group.key}`)}</h3>
          {group.fields.map(fieldOf)}
        </section>
      ))}
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
