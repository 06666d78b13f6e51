/** The limits in force, and beside them those that are tried. */
import IconArrowRight from '@tabler/icons-react/dist/esm/icons/IconArrowRight.mjs';
import { useTranslation } from 'react-i18next';
import { formatDuration, parseDuration } from '../../../base/duration.ts';
import { Icon } from '../../../ui/icon.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import type { Draft } from './draft.ts';
import type { LabJail } from './lab-query.ts';

interface SettingsTrialProps {
  jail: LabJail;
  draft: Draft;
  onChange: (draft: Draft) => void;
}

const options = ['maxretry', 'findtime', 'bantime'] as const;

export function SettingsTrial({ jail, draft, onChange }: SettingsTrialProps) {
  const { t } = useTranslation();
  return (
    <section className="lab-section" aria-label={t('lab.settings')}>
      <div className="lab-table-head">
        <h2 className="section-title">{t('lab.settings')}</h2>
        <span className="small quiet">{t('lab.in_force')}</span>
        <span className="small quiet lab-trial-cell">{t('lab.trial')}</span>
      </div>
      {options.map((option) => (
        <label key={option} className="lab-setting">
          <span className="mono">{option}</span>
          <span className="soft number">
            {option === 'maxretry' ? formatCount(jail.maxretry) : formatDuration(jail[option])}
          </span>
          <span className="lab-trial-cell">
            <Icon of={IconArrowRight} size={14} tone="quiet" />
            <input
              className="input"
              value={draft[option]}
              placeholder={t('lab.same')}
              spellCheck={false}
              maxLength={100}
              aria-label={t('lab.trial_of', { option })}
              aria-invalid={isWrong(option, draft[option])}
              onChange={(event) => onChange({ ...draft, [option]: event.target.value })}
            />
          </span>
        </label>
      ))}
      <div className="lab-setting">
        <span className="mono">ignoreip</span>
        <span className="soft number">{t('lab.entries', { count: jail.ignoreip.length })}</span>
        <span className="quiet lab-trial-cell">{t('lab.same')}</span>
      </div>
    </section>
  );
}

function isWrong(option: (typeof options)[number], text: string): boolean {
  if (text.trim() === '') return false;
  if (option === 'maxretry') return !/^[1-9]\d{0,5}$/.test(text.trim());
  const seconds = parseDuration(text.trim());
  return seconds === null || (seconds === -1 && option === 'findtime');
}

export const isReady = (draft: Draft): boolean => options.every((option) => !isWrong(option, draft[option]));
