/** A small sheet to set from how many bans on each colour begins. */
import IconAdjustmentsHorizontal from '@tabler/icons-react/dist/esm/icons/IconAdjustmentsHorizontal.mjs';
import { useId, useRef, useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { readThresholds, usualThresholds, type Thresholds } from './thresholds.ts';

interface ThresholdSettingsProps {
  thresholds: Thresholds;
  onChange: (thresholds: Thresholds) => void;
}

const texts = (thresholds: Thresholds): string[] => thresholds.map(String);

export function ThresholdSettings({ thresholds, onChange }: ThresholdSettingsProps) {
  const { t } = useTranslation();
  const id = useId();
  const sheet = useRef<HTMLFormElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const [typed, setTyped] = useState(() => texts(thresholds));
  const read = readThresholds(typed);
  const fault = read.ok ? null : read.fault;
  const place = (): void => {
    const box = opener.current?.getBoundingClientRect();
    const form = sheet.current;
    if (box === undefined || form === null) return;
    form.style.left = `${Math.max(8, Math.min(box.right - form.offsetWidth, innerWidth - form.offsetWidth - 8))}px`;
    const above = box.top - form.offsetHeight - 8;
    form.style.top = `${above >= 8 ? above : Math.max(8, Math.min(box.bottom + 8, innerHeight - form.offsetHeight - 8))}px`;
    form.querySelector('input')?.focus();
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (!read.ok) return;
    onChange(read.value);
    sheet.current?.hidePopover();
    opener.current?.focus();
  };
  return (
    <>
      <button ref={opener} type="button" className="button button-ghost" popoverTarget={id}>
        <Icon of={IconAdjustmentsHorizontal} />
        {t('map.thresholds')}
      </button>
      <form
        ref={sheet}
        id={id}
        popover="auto"
        className="menu threshold-sheet"
        aria-label={t('map.thresholds')}
        onSubmit={submit}
        onToggle={(event) => {
          if (event.newState !== 'open') return;
          setTyped(texts(thresholds));
          place();
        }}
      >
        <p className="small soft">{t('map.thresholds_text')}</p>
        <div className="threshold-rows">
          {typed.map((text, at) => (
            <label key={usualThresholds[at]} className="threshold-row">
              <span className={`steps-colour step-${at + 1}`} />
              <span className="small">{t('map.threshold', { step: at + 1 })}</span>
              <input
                className="input"
                inputMode="numeric"
                autoComplete="off"
                maxLength={12}
                value={text}
                aria-invalid={fault?.at === at}
                aria-describedby={`${id}-fault`}
                onChange={(event) => setTyped(typed.with(at, event.target.value))}
              />
            </label>
          ))}
        </div>
        <p id={`${id}-fault`} className="small threshold-fault" aria-live="polite">
          {fault === null
            ? null
            : t(`map.fault.${fault.fault}`, { step: fault.at + 1, before: typed[fault.at - 1] ?? '' })}
        </p>
        <div className="threshold-acts">
          <Button kind="primary" type="submit" disabled={fault !== null}>
            {t('map.threshold_set')}
          </Button>
          <Button kind="ghost" onClick={() => setTyped(texts(usualThresholds))}>
            {t('map.threshold_usual')}
          </Button>
        </div>
      </form>
    </>
  );
}
