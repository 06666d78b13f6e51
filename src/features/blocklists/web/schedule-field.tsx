/** When a list is read: by words or as cron, with the next times it comes to. */
import IconSelector from '@tabler/icons-react/dist/esm/icons/IconSelector.mjs';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/icon.tsx';
import { useTimes } from '../../../ui/page-context.tsx';
import { Segments } from '../../../ui/segments.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { nextTimes, weekdays, type Schedule, type ScheduleKind } from './schedule-words.ts';

interface ScheduleFieldProps {
  schedule: Schedule;
  onChange: (schedule: Schedule) => void;
}

const kinds = ['hourly', 'daily', 'weekly', 'cron', 'none'] as const;

export function ScheduleField({ schedule, onChange }: ScheduleFieldProps) {
  const { t } = useTranslation();
  const id = useId();
  const times = useTimes();
  const now = useNow(30_000);
  const next = nextTimes(schedule, times.zone, now);
  const choose = (kind: ScheduleKind): void => onChange(begin(kind, schedule));
  return (
    <div className="field">
      <span className="field-label">{t('lists.read_it')}</span>
      <div className="lists-schedule-row">
        <Segments
          label={t('lists.read_it')}
          value={schedule.kind}
          onChange={choose}
          options={kinds.map((kind) => ({ value: kind, label: t(`lists.schedule_kind.${kind}`) }))}
        />
        {schedule.kind === 'weekly' ? (
          <span className="select-frame">
            <select
              className="input"
              aria-label={t('lists.weekday_label')}
              value={schedule.day}
              onChange={(event) => {
                const day = weekdays.find((name) => name === event.target.value);
                if (day !== undefined) onChange({ ...schedule, day });
              }}
            >
              {weekdays.map((day) => (
                <option key={day} value={day}>
                  {t(`lists.weekday.${day}`)}
                </option>
              ))}
            </select>
            <Icon of={IconSelector} />
          </span>
        ) : null}
        {schedule.kind === 'weekly' || schedule.kind === 'daily' ? (
          <input
            className="input lists-time"
            type="time"
            required
            aria-label={t('lists.time_label')}
            value={schedule.time}
            onChange={(event) => onChange({ ...schedule, time: event.target.value })}
          />
        ) : null}
        {schedule.kind === 'cron' ? (
          <input
            className="input mono lists-cron"
            aria-label={t('lists.cron_label')}
            aria-invalid={next === null}
            aria-describedby={`${id}-next`}
            value={schedule.text}
            maxLength={100}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => onChange({ kind: 'cron', text: event.target.value })}
          />
        ) : null}
      </div>
      <span
        id={`${id}-next`}
        className={next === null ? 'field-hint tone-bad' : 'field-hint'}
        aria-live="polite"
      >
        {next === null
          ? t('lists.schedule_wrong')
          : schedule.kind === 'none'
            ? t('lists.schedule_none_hint')
            : schedule.kind === 'hourly'
              ? t('lists.schedule_hourly_hint')
              : next.length === 0
                ? t('lists.schedule_never')
                : t('lists.next_times', {
                    times: next.map((at) => times.moment(at, now)).join(' · '),
                    zone: times.zone,
                  })}
      </span>
    </div>
  );
}

/** Another kind keeps the time of day that was chosen. */
function begin(kind: ScheduleKind, before: Schedule): Schedule {
  const time = before.kind === 'daily' || before.kind === 'weekly' ? before.time : '04:10';
  switch (kind) {
    case 'daily':
      return { kind, time };
    case 'weekly':
      return { kind, day: 'mon', time };
    case 'cron':
      return { kind, text: '0 */6 * * *' };
    case 'hourly':
    case 'none':
      return { kind };
  }
}
