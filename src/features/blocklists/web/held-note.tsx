/** A new version that waits for a person: how it differs, and the two ways on. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { LogText } from '../../../ui/log-text.tsx';
import { Note } from '../../../ui/note.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import type { Source } from './blocklists-query.ts';
import type { SourceActs } from './use-source-acts.ts';

interface HeldNoteProps {
  source: Source;
  held: NonNullable<Source['held']>;
  acts: SourceActs;
}

export function HeldNote({ source, held, acts }: HeldNoteProps) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const doing = (act: (source: Source) => Promise<void>) => (): void => {
    setBusy(true);
    void act(source).finally(() => setBusy(false));
  };
  return (
    <Note kind="warn">
      <strong>{t('lists.held_title')}</strong> <LogText text={held.reason} />
      <div className="lists-held">
        <span>
          {t('lists.held_before')} <b>{formatCount(held.before)}</b>
        </span>
        <span>
          {t('lists.held_after')} <b>{formatCount(held.after)}</b>
        </span>
        <span className="soft">{change(held.before, held.after)}</span>
      </div>
      <div className="lists-acts">
        <Button disabled={busy} onClick={doing(acts.take)}>
          {t('lists.take')}
        </Button>
        <Button disabled={busy} onClick={doing(acts.keep)}>
          {t('lists.keep')}
        </Button>
      </div>
    </Note>
  );
}

const percent = new Intl.NumberFormat('en-GB', {
  style: 'percent',
  signDisplay: 'exceptZero',
  maximumFractionDigits: 0,
});

const change = (before: number, after: number): string =>
  before === 0
    ? ''
    : percent
        .format((after - before) / before)
        .replace('-', '\u2212')
        .replace('%', '\u00a0%');
