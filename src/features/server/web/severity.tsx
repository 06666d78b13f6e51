/** The severity of an entry: a mark of its own shape and its word. */
import IconAlertOctagon from '@tabler/icons-react/dist/esm/icons/IconAlertOctagon.mjs';
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs';
import IconBell from '@tabler/icons-react/dist/esm/icons/IconBell.mjs';
import IconBug from '@tabler/icons-react/dist/esm/icons/IconBug.mjs';
import IconInfoCircle from '@tabler/icons-react/dist/esm/icons/IconInfoCircle.mjs';
import { useTranslation } from 'react-i18next';
import { Icon, type IconShape, type Tone } from '../../../ui/icon.tsx';
import { levels } from './log-view.ts';

const looks: Readonly<Record<(typeof levels)[number], { shape: IconShape; tone: Tone }>> = {
  CRITICAL: { shape: IconAlertOctagon, tone: 'bad' },
  ERROR: { shape: IconAlertOctagon, tone: 'bad' },
  WARNING: { shape: IconAlertTriangle, tone: 'warn' },
  NOTICE: { shape: IconBell, tone: 'accent' },
  INFO: { shape: IconInfoCircle, tone: 'quiet' },
  DEBUG: { shape: IconBug, tone: 'quiet' },
};

export function Severity({ level }: { level: string }) {
  const { t } = useTranslation();
  const known = levels.find((one) => one === level);
  const { shape, tone } = looks[known ?? 'DEBUG'];
  return (
    <span className={`severity severity-${tone}`}>
      <Icon of={shape} size={14} tone={tone} />
      {known === undefined ? level : t(`log.levels.${known}`)}
    </span>
  );
}
