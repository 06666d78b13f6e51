/** What a checked change would do to the jails, and which of its options run code. */
import { useTranslation } from 'react-i18next';
import { Note } from '../../../ui/note.tsx';
import type { Check } from './config-query.ts';

const list = new Intl.ListFormat('en-GB', { type: 'conjunction' });

export function WhatItWouldDo({ check }: { check: Check }) {
  const { t } = useTranslation();
  const parts = (['starts', 'reloads', 'stops'] as const).filter((part) => check[part].length > 0);
  return (
    <section className="would" aria-label={t('config.would')}>
      <h3 className="section-title">{t('config.would')}</h3>
      {parts.length === 0 ? <p className="soft">{t('config.would_nothing')}</p> : null}
      <dl className="facts">
        {parts.map((part) => (
          <div key={part} className="would-row">
            <dt>{t(`config.would_${part}`)}</dt>
            <dd>{list.format(check[part])}</dd>
          </div>
        ))}
      </dl>
      {check.commands.length === 0 ? null : (
        <Note kind="warn">
          {t('config.would_run', { count: check.commands.length })}{' '}
          <span className="mono">{check.commands.map(({ option }) => option).join(', ')}</span>
        </Note>
      )}
    </section>
  );
}
