/** The operator's time zone, the browser's own to begin with. */
import IconSelector from '@tabler/icons-react/dist/esm/icons/IconSelector.mjs';
import { useId, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/icon.tsx';
import { createTimes } from '../../../ui/times.ts';
import { useNow } from '../../../ui/use-now.ts';

export function ZoneField({ value, onChange }: { value: string; onChange: (zone: string) => void }) {
  const { t } = useTranslation();
  const id = useId();
  const now = useNow(10_000);
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zones = useMemo(
    () =>
      [...new Set([own, 'UTC', ...Intl.supportedValuesOf('timeZone')])].toSorted((a, b) =>
        a.localeCompare(b),
      ),
    [own],
  );
  const time = createTimes(value).moment(now, now);
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {t('setup.zone')}
      </label>
      <div className="select-frame">
        <select
          id={id}
          className="input input-large"
          value={value}
          aria-describedby={`${id}-hint`}
          onChange={(event) => onChange(event.target.value)}
        >
          {zones.map((zone) => (
            <option key={zone} value={zone}>
              {zone}
            </option>
          ))}
        </select>
        <Icon of={IconSelector} />
      </div>
      <span id={`${id}-hint`} className="field-hint">
        {value === own ? t('setup.zone_hint', { time }) : t('setup.zone_now', { time })}
      </span>
    </div>
  );
}
