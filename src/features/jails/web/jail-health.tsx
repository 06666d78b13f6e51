/** How well a jail does its work: one word, and each thing that keeps it from it. */
import IconAlertOctagon from '@tabler/icons-react/dist/esm/icons/IconAlertOctagon.mjs';
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs';
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs';
import IconMinus from '@tabler/icons-react/dist/esm/icons/IconMinus.mjs';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/icon.tsx';
import { Note } from '../../../ui/note.tsx';
import { useTimes } from '../../../ui/page-context.tsx';
import { useNow } from '../../../ui/use-now.ts';
import type { Jail } from './jails-query.ts';

const shapes = { ok: IconCheck, warn: IconAlertTriangle, bad: IconAlertOctagon } as const;

export function HealthWord({ jail }: { jail: Jail }) {
  const { t } = useTranslation();
  const { score, findings } = jail.health;
  const [first] = findings;
  // Of a jail that was stopped on purpose, or is off, there is nothing to judge.
  if (first === undefined && (jail.state === 'stopped' || jail.state === 'inactive')) {
    return (
      <span className="jail-state">
        <Icon of={IconMinus} size={14} tone="quiet" />
        <span className="sr-only">{t('jails.health.none')}</span>
      </span>
    );
  }
  return (
    <span className="jail-state" title={first?.message}>
      <Icon of={shapes[score]} size={14} tone={score} />
      {t(`jails.health.${score}`)}
      {findings.length > 1 ? <span className="quiet">{findings.length}</span> : null}
    </span>
  );
}

export function HealthNotes({ jail }: { jail: Jail }) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(60_000);
  return jail.health.findings.map((finding) => (
    <Note key={finding.code} kind={finding.severity}>
      {finding.message}{' '}
      {finding.since === null ? null : (
        <span className="soft">
          {t('jails.health.since', { time: times.moment(Date.parse(finding.since), now) })}
        </span>
      )}
    </Note>
  ));
}
