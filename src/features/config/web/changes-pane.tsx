/** Under the file: what the draft changes against the disk. */
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCount } from '../../../ui/numbers.ts';
import { Segments } from '../../../ui/segments.tsx';
import { countDiff, diffLines } from './diff-lines.ts';
import { DiffView } from './diff-view.tsx';

interface ChangesPaneProps {
  before: string;
  after: string;
  /** The newest revision of the file, when there is one. */
  revision: number | null;
}

export function ChangesPane({ before, after, revision }: ChangesPaneProps) {
  const { t } = useTranslation();
  const [form, setForm] = useState<'unified' | 'sides'>('unified');
  const lines = useMemo(() => diffLines(before, after), [before, after]);
  const { added, removed } = countDiff(lines);
  const title = revision === null ? t('config.changes_disk') : t('config.changes_revision', { n: revision });
  return (
    <section className="changes" aria-label={title}>
      <header className="pane-head">
        <h2 className="section-title">{title}</h2>
        <span className="diff-count-added">+{formatCount(added)}</span>
        <span className="diff-count-removed">−{formatCount(removed)}</span>
        <span className="pane-acts">
          <Segments
            label={t('config.diff_form')}
            options={[
              { value: 'unified', label: t('config.unified') },
              { value: 'sides', label: t('config.sides') },
            ]}
            value={form}
            onChange={setForm}
          />
        </span>
      </header>
      <DiffView lines={lines} label={title} sides={form === 'sides'} />
    </section>
  );
}
