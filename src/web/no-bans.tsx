/** Why nobody is banned now: nothing yet, no jail, or fail2ban cannot be read. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { statusQuery } from '../features/overview/web/status-query.ts';
import { useCaller } from '../ui/app-context.tsx';
import { EmptyState } from '../ui/empty-state.tsx';

export function NoBans() {
  const { t } = useTranslation();
  const { data: status } = useQuery(statusQuery(useCaller()));
  if (status !== undefined && !status.online) {
    return (
      <EmptyState kind="unreachable" title={t('overview.unread_title')} foot={t('overview.unread_foot')}>
        {t('overview.unread_text', { reason: status.reason ?? '' })}
      </EmptyState>
    );
  }
  if (status !== undefined && status.as_of !== null && status.jails === 0) {
    return (
      <EmptyState kind="switched-off" title={t('overview.off_title')}>
        {t('overview.off_text', { version: status.version ?? '' })}
      </EmptyState>
    );
  }
  return (
    <EmptyState kind="nothing-yet" title={t('overview.empty_title')} foot={t('overview.empty_foot')}>
      {t('overview.empty_text', { failing: t('overview.failing', { count: status?.failed_now ?? 0 }) })}
    </EmptyState>
  );
}
