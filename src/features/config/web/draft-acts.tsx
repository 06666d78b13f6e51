/** At the right of the head: what the draft holds, discard it, check it, apply it. */
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import type { Finding } from './config-query.ts';
import { changedOptions } from './ini-text.ts';
import type { Change } from './use-change.ts';
import { useDiscard } from './use-discard.ts';
import { useDraftFiles } from './use-drafts.ts';
import type { OpenFile } from './use-open-file.ts';

interface DraftActsProps {
  file: OpenFile | null;
  change: Change;
  findings: readonly Finding[];
  /** Why nothing can be applied now; null when it can. */
  off: string | null;
  onApply: () => void;
}

export function DraftActs({ file, change, findings, off, onApply }: DraftActsProps) {
  const { t } = useTranslation();
  const drafts = useDraftFiles();
  const discard = useDiscard();
  const draft = file?.draft ?? null;
  if (file === null || draft === null) {
    return drafts.length === 0 ? null : (
      <span className="small soft config-drafts">
        {t('config.drafts', { count: drafts.length, n: formatCount(drafts.length) })}
      </span>
    );
  }
  const changed = changedOptions(draft.before, draft.text).length;
  const errors = change.check === null ? 0 : findings.filter(({ severity }) => severity === 'error').length;
  const blocked = off ?? file.readOnly ?? (file.stale ? t('config.stale_first') : null);
  return (
    <>
      <span className="small soft config-drafts">
        {t('config.drafts', { count: drafts.length, n: formatCount(drafts.length) })},{' '}
        {t('config.options_changed', { count: changed, n: formatCount(changed) })}
      </span>
      {blocked === null ? null : <span className="small soft off-reason">{blocked}</span>}
      <Button onClick={() => discard(file)} disabled={change.busy === 'apply'}>
        {t('config.discard')}
      </Button>
      <Button onClick={change.runCheck} disabled={change.busy !== null} title={t('config.check_key')}>
        {change.busy === 'check' ? t('config.checking') : t('config.check')}
      </Button>
      <Button
        kind="primary"
        disabled={errors > 0 || change.busy !== null || blocked !== null || file.locked !== null}
        onClick={onApply}
      >
        {change.busy === 'apply'
          ? t('config.applying')
          : errors > 0
            ? t('config.apply_left', { count: errors, n: formatCount(errors) })
            : t('config.apply')}
      </Button>
    </>
  );
}
