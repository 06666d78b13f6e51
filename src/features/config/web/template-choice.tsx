/** What a new jail begins with: a service that fail2ban knows, or nothing. */
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { problemOf } from '../../../ui/problem.ts';
import { templatesQuery } from './config-query.ts';

export interface Template {
  name: string;
  options: Readonly<Record<string, string>>;
}

interface TemplateChoiceProps {
  /** Null: blank. */
  chosen: Template | null;
  onChoose: (template: Template | null) => void;
}

export function TemplateChoice({ chosen, onChoose }: TemplateChoiceProps) {
  const { t } = useTranslation();
  const name = useId();
  const [search, setSearch] = useState('');
  const { data, error } = useQuery(templatesQuery(useCaller()));
  const text = search.trim().toLowerCase();
  const found = (data?.items ?? []).flatMap(({ name: called, likely, options }) =>
    called !== null && called.toLowerCase().includes(text) ? [{ name: called, likely, options }] : [],
  );
  return (
    <fieldset className="templates">
      <legend className="field-label">{t('config.templates')}</legend>
      {error === null ? null : (
        <ProblemNote problem={problemOf(error)} title={t('config.templates_failed')} />
      )}
      <input
        className="input"
        type="search"
        value={search}
        placeholder={t('config.template_search')}
        aria-label={t('config.template_search')}
        onChange={(event) => setSearch(event.target.value)}
      />
      <div className="templates-list">
        <label className="template">
          <input type="radio" name={name} checked={chosen === null} onChange={() => onChoose(null)} />
          <span className="strong">{t('config.template_blank')}</span>
          <span className="small quiet">{t('config.template_blank_text')}</span>
        </label>
        {found.map((template) => (
          <label key={template.name} className="template">
            <input
              type="radio"
              name={name}
              checked={chosen?.name === template.name}
              onChange={() => onChoose(template)}
            />
            <span className="strong">
              {template.name}
              {template.likely ? <span className="badge badge-ok">{t('config.template_likely')}</span> : null}
            </span>
            <span className="small quiet mono">
              {Object.entries(template.options)
                .map(([option, value]) => `${option} = ${value}`)
                .join(', ')}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
