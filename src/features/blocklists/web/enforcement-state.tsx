/** What keeps the lists in force, in words where it needs some: nothing yet, failed, or still loading. */
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { LogText } from '../../../ui/log-text.tsx';
import { Note } from '../../../ui/note.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useActs, useTimes } from '../../../ui/page-context.tsx';
import { useNow } from '../../../ui/use-now.ts';
import type { Enforcement } from './blocklists-query.ts';

interface EnforcementStateProps {
  enforcement: Enforcement;
  /** Sources that are switched on. */
  enabled: number;
  onInstall: () => void;
}

export function EnforcementState({ enforcement, enabled, onInstall }: EnforcementStateProps) {
  const { t } = useTranslation();
  const { off } = useActs();
  const { state, behind, detail, remedy } = enforcement;
  if (state === 'absent') {
    return (
      <div className="lists-enforcement">
        <Note
          kind={enabled === 0 ? 'info' : 'warn'}
          acts={
            <Button disabled={off !== null} title={off ?? undefined} onClick={onInstall}>
              {t('lists.install')}
            </Button>
          }
        >
          <strong>
            {enabled === 0 ? t('lists.absent') : t('lists.absent_enabled', { count: enabled, n: enabled })}
          </strong>{' '}
          {t('lists.absent_text')} {off}
        </Note>
      </div>
    );
  }
  if (state === 'failed') {
    return (
      <div className="lists-enforcement">
        <Note
          kind="bad"
          announce
          acts={
            <Button disabled={off !== null} title={off ?? undefined} onClick={onInstall}>
              {t('lists.enforcement_open')}
            </Button>
          }
        >
          <strong>{t('lists.enforcement_failed')}</strong>{' '}
          {detail === null ? null : <LogText text={detail} />}
          {remedy === null ? null : (
            <div>
              {t('ui.to_do')} <LogText text={remedy} />
            </div>
          )}
        </Note>
      </div>
    );
  }
  if (!behind) return null;
  return (
    <div className="lists-enforcement">
      <Note kind="info">{t('lists.behind')}</Note>
    </div>
  );
}

/** One line at the foot: how they are in force, since when, and what the rules have dropped. */
export function EnforcementFoot({
  enforcement,
  onChange,
}: {
  enforcement: Enforcement;
  onChange: () => void;
}) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(60_000);
  const { state, method, chains, loaded_at: loaded, hits } = enforcement;
  if (state !== 'installed' || method === null) return null;
  const parts = [
    t(`lists.foot_method.${method}`, { chains: chains.join(', ') }),
    loaded === null ? null : t('lists.foot_loaded', { time: times.moment(Date.parse(loaded), now) }),
    hits === null
      ? null
      : t('lists.foot_hits', {
          count: hits.packets,
          n: formatCount(hits.packets),
          since: times.moment(Date.parse(hits.counted_since), now),
          time: times.moment(Date.parse(hits.counted_at), now),
        }),
  ];
  return (
    <footer className="page-foot lists-foot">
      <span>{parts.filter(Boolean).join(' · ')}</span>
      <button type="button" className="link-button" onClick={onChange}>
        {t('lists.enforcement_open')}
      </button>
    </footer>
  );
}
