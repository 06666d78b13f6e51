/** How completely the history is kept: what is being taken over, and what is lost. */
import { useTranslation } from 'react-i18next';
import { Note } from '../../../ui/note.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useDurations } from '../../../ui/use-durations.ts';
import type { HistoryState } from './history-query.ts';
import { useSpeed } from './use-speed.ts';

/** `readAt`: ms of the reading. */
export function HistoryNotes({ state, readAt }: { state: HistoryState | undefined; readAt: number }) {
  if (state === undefined) return null;
  return (
    <>
      {state.state === 'seeding' ? <Seeding read={state.read} of={state.of} at={readAt} /> : null}
      {state.limits.length === 0 ? null : <Limits limits={state.limits} />}
    </>
  );
}

function Seeding({ read, of, at }: { read: number; of: number | null; at: number }) {
  const { t } = useTranslation();
  const say = useDurations();
  const speed = useSpeed(read, at);
  const left = of === null || speed === null || speed <= 0 ? null : Math.max(0, of - read) / speed;
  return (
    <div className="seeding" role="status">
      <span className="seeding-count">
        {of === null
          ? t('history.seeding_open', { read: formatCount(read) })
          : t('history.seeding', { read: formatCount(read), of: formatCount(of) })}
      </span>
      {of === null ? null : (
        <progress
          className="seeding-bar"
          max={of}
          value={Math.min(read, of)}
          aria-label={t('history.seeding_label')}
        />
      )}
      <span className="small soft">
        {left === null
          ? t('history.seeding_text')
          : t('history.seeding_left', { left: say(Math.ceil(left)) })}
      </span>
    </div>
  );
}

function Limits({ limits }: { limits: readonly string[] }) {
  const { t } = useTranslation();
  return (
    <div className="history-limits">
      <Note kind="warn">
        {limits.length === 1 ? (
          limits[0]
        ) : (
          <details>
            <summary>{t('history.limits', { count: limits.length })}</summary>
            <ul>
              {limits.map((limit) => (
                <li key={limit}>{limit}</li>
              ))}
            </ul>
          </details>
        )}
      </Note>
    </div>
  );
}
