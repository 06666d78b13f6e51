/** Above figures that are not whole yet: how far fail2ban's own database is taken over. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { historyStateQuery } from '../features/history/web/history-query.ts';
import { useCaller } from '../ui/app-context.tsx';
import { Note } from '../ui/note.tsx';
import { formatCount } from '../ui/numbers.ts';

export function HistoryProgress() {
  const { t } = useTranslation();
  const { data } = useQuery(historyStateQuery(useCaller()));
  if (data?.state !== 'seeding' && data?.state !== 'waiting') return null;
  return (
    <div className="page-note">
      <Note kind="info">
        {data.state === 'waiting'
          ? t('overview.history_waiting')
          : data.of === null
            ? t('overview.history_read', { read: formatCount(data.read) })
            : t('overview.history_seeding', { read: formatCount(data.read), of: formatCount(data.of) })}
      </Note>
    </div>
  );
}
