/** A jail's state: icon of its own shape, and the word. */
import IconCircleCheckFilled from '@tabler/icons-react/dist/esm/icons/IconCircleCheckFilled.mjs';
import IconCircleDashed from '@tabler/icons-react/dist/esm/icons/IconCircleDashed.mjs';
import IconPlayerPause from '@tabler/icons-react/dist/esm/icons/IconPlayerPause.mjs';
import IconSquare from '@tabler/icons-react/dist/esm/icons/IconSquare.mjs';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/icon.tsx';
import type { Jail } from './jails-query.ts';

const shapes = {
  running: IconCircleCheckFilled,
  idle: IconPlayerPause,
  stopped: IconSquare,
  inactive: IconCircleDashed,
} as const;

export function JailState({ state }: { state: Jail['state'] }) {
  const { t } = useTranslation();
  return (
    <span className="jail-state">
      <Icon
        of={shapes[state]}
        size={14}
        tone={state === 'running' ? 'ok' : state === 'idle' ? 'warn' : 'quiet'}
      />
      {t(`jails.states.${state}`)}
    </span>
  );
}
