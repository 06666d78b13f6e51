/** The steps of a run, one under the other: what each found, and how long it took. */
import IconCircleCheckFilled from '@tabler/icons-react/dist/esm/icons/IconCircleCheckFilled.mjs';
import IconCircleDashed from '@tabler/icons-react/dist/esm/icons/IconCircleDashed.mjs';
import IconCircleXFilled from '@tabler/icons-react/dist/esm/icons/IconCircleXFilled.mjs';
import IconLoader2 from '@tabler/icons-react/dist/esm/icons/IconLoader2.mjs';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/icon.tsx';
import { LogText } from '../../../ui/log-text.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import type { Run } from './blocklists-query.ts';

const shapes = {
  done: IconCircleCheckFilled,
  failed: IconCircleXFilled,
  running: IconLoader2,
  not_reached: IconCircleDashed,
} as const;
const tones = { done: 'ok', failed: 'bad', running: 'accent', not_reached: 'quiet' } as const;

type Step = Run['steps'][number];

/** `over`: nothing more will happen, steps that were not reached stay so. */
export function RunSteps({ steps, over }: { steps: readonly Step[]; over: boolean }) {
  const { t } = useTranslation();
  if (steps.length === 0) return null;
  return (
    <ol className="lists-steps" aria-label={t('lists.steps')}>
      {steps.map((step) => (
        <li key={step.name} className={`lists-step lists-step-${step.outcome}`}>
          <span className={step.outcome === 'running' ? 'lists-turning' : 'lists-icon'}>
            <Icon of={shapes[step.outcome]} tone={tones[step.outcome]} />
          </span>
          <span className="lists-step-name">
            {t(`lists.step.${step.name}`)}
            <span className="sr-only"> {t(`lists.step_outcome.${step.outcome}`)}</span>
          </span>
          <span className="lists-step-detail small">
            <StepDetail step={step} over={over} />
          </span>
        </li>
      ))}
    </ol>
  );
}

const timeWords = (t: TFunction, ms: number): string =>
  ms < 1000
    ? t('lists.ms', { n: formatCount(ms) })
    : t('lists.seconds', { n: formatCount(Math.round(ms / 100) / 10) });

function StepDetail({ step, over }: { step: Step; over: boolean }) {
  const { t } = useTranslation();
  if (step.outcome === 'not_reached' && step.detail === '') {
    return over ? t('lists.step_outcome.not_reached') : t(`lists.step_about.${step.name}`);
  }
  return (
    <>
      <LogText text={step.detail} most={300} />
      {step.ms === null ? null : <span className="quiet"> {timeWords(t, step.ms)}</span>}
    </>
  );
}
