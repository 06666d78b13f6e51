/** The steps of a change, one under the other: what each found, and how long it took. */
import IconCircleCheckFilled from '@tabler/icons-react/dist/esm/icons/IconCircleCheckFilled.mjs';
import IconCircleDashed from '@tabler/icons-react/dist/esm/icons/IconCircleDashed.mjs';
import IconCircleXFilled from '@tabler/icons-react/dist/esm/icons/IconCircleXFilled.mjs';
import IconLoader2 from '@tabler/icons-react/dist/esm/icons/IconLoader2.mjs';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/icon.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import type { Step } from './config-query.ts';

const shapes = {
  done: IconCircleCheckFilled,
  failed: IconCircleXFilled,
  running: IconLoader2,
  not_reached: IconCircleDashed,
} as const;
const tones = { done: 'ok', failed: 'bad', running: 'accent', not_reached: 'quiet' } as const;

export function StepsList({ steps }: { steps: readonly Step[] }) {
  const { t } = useTranslation();
  const begun = steps.some(({ outcome }) => outcome !== 'not_reached');
  return (
    <ol className="apply-steps" aria-live="polite">
      {steps.map((step) => (
        <li key={step.name} className={`apply-step apply-step-${step.outcome}`}>
          <span className="apply-step-icon">
            <Icon of={shapes[step.outcome]} tone={tones[step.outcome]} />
          </span>
          <span className="apply-step-name">{t(`config.step.${step.name}`)}</span>
          <span className="apply-step-ms quiet">
            {step.ms === null ? null : t('config.ms', { n: formatCount(Math.round(step.ms)) })}
          </span>
          <span className="apply-step-detail small soft">
            {step.detail !== '' ? step.detail : begun ? t(`config.outcome.${step.outcome}`) : null}
          </span>
        </li>
      ))}
    </ol>
  );
}
