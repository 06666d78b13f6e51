/** A filter or an action as form: its options and parameters, with the line that decides each. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { problemOf } from '../../../ui/problem.ts';
import { definitionQuery, type Finding } from './config-query.ts';
import { fieldState } from './field-state.ts';
import { readIni, setOption } from './ini-text.ts';
import { OptionField } from './option-field.tsx';
import type { OpenFile } from './use-open-file.ts';

interface DefinitionFormProps {
  file: OpenFile;
  findings: readonly Finding[];
}

export function DefinitionForm({ file, findings }: DefinitionFormProps) {
  const { t } = useTranslation();
  const caller = useCaller();
  const kind = file.id.kind === 'action' ? 'action' : 'filter';
  const name = file.id.name.replace(/\.(?:conf|local)$/, '');
  const { data, error } = useQuery(definitionQuery(caller, kind, name));
  if (error !== null && problemOf(error).status !== 404) {
    return (
      <div className="form-body">
        <ProblemNote problem={problemOf(error)} title={t('config.definition_failed')} />
      </div>
    );
  }
  if (data === undefined && error === null) return <p className="page-note quiet">{t('ui.loading')}</p>;
  const values = [...(data?.options ?? []), ...(data?.parameters ?? [])];
  const written = readIni(file.text).options;
  const all = new Map([
    ...values.map((value) => [`${value.section} ${value.option}`, value] as const),
    ...written.map(({ section, key }) => [`${section} ${key}`, { section, option: key }] as const),
  ]);
  const named = [...new Set([...all.values()].map(({ section }) => section))];
  const sections = [
    ...usual.filter((section) => named.includes(section)),
    ...named.filter((section) => !usual.includes(section) && section !== 'INCLUDES'),
  ];
  return (
    <div className="form-body">
      {sections.length === 0 ? <p className="soft">{t('config.definition_none')}</p> : null}
      {sections.map((section) => (
        <details key={section} className="form-group" open={usual.includes(section)}>
          <summary className="section-title">{section === 'Init' ? t('config.parameters') : section}</summary>
          {[...all.values()]
            .filter((entry) => entry.section === section)
            .map(({ option }) => (
              <OptionField
                key={option}
                option={option}
                kind="lines"
                sentence=""
                state={fieldState({
                  file,
                  section,
                  option,
                  value: values.find((value) => value.section === section && value.option === option) ?? null,
                })}
                findings={findings.filter((finding) => finding.option === option)}
                choices={[]}
                onChange={(value) => file.edit(setOption(file.text, section, option, value))}
              />
            ))}
        </details>
      ))}
    </div>
  );
}

/** Open from the start; the others are parts that these are made of. */
const usual: readonly string[] = ['Definition', 'Init'];
