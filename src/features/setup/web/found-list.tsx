/** What BanGUI found on this machine before it was set up. */
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs';
import IconCircleCheckFilled from '@tabler/icons-react/dist/esm/icons/IconCircleCheckFilled.mjs';
import IconFlask from '@tabler/icons-react/dist/esm/icons/IconFlask.mjs';
import IconPlugConnectedX from '@tabler/icons-react/dist/esm/icons/IconPlugConnectedX.mjs';
import { useTranslation } from 'react-i18next';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { Icon, type IconShape, type Tone } from '../../../ui/icon.tsx';
import { Note } from '../../../ui/note.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import type { Found } from './setup-query.ts';

export function FoundList({ found }: { found: Found }) {
  const { t } = useTranslation();
  const online = found.state === 'online';
  const count = (text: string): string => (online ? text : t('setup.unread'));
  return (
    <section className="found" aria-label={t('setup.found')}>
      <h2 className="section-title">{t('setup.found')}</h2>
      <p className="small quiet">{t('setup.read_only')}</p>
      <ul>
        <Line
          icon={online ? IconCircleCheckFilled : IconPlugConnectedX}
          tone={online ? 'ok' : 'bad'}
          name={t('setup.fail2ban')}
          value={
            online ? t('setup.answers', { version: found.version ?? '' }) : (found.reason ?? found.state)
          }
        />
        <Line
          icon={online ? IconCircleCheckFilled : IconAlertTriangle}
          tone={online ? 'ok' : 'warn'}
          name={t('setup.jails')}
          value={count(t('setup.jails_value', { jails: formatCount(found.jails) }))}
        />
        <Line
          icon={online ? IconCircleCheckFilled : IconAlertTriangle}
          tone={online ? 'ok' : 'warn'}
          name={t('setup.bans')}
          value={count(t('setup.bans_value', { count: found.banned_now }))}
        />
        {found.practice ? (
          <Line icon={IconFlask} tone="warn" name={t('setup.practice')} value={t('shell.practice')} />
        ) : null}
      </ul>
      {found.remedy === null ? null : (
        <Note kind="warn" acts={<CopyButton text={found.remedy} what={t('shell.command')} />}>
          {t('setup.to_do')} <span className="mono">{found.remedy}</span>
        </Note>
      )}
    </section>
  );
}

interface LineProps {
  icon: IconShape;
  tone: Tone;
  name: string;
  value: string;
}

function Line({ icon, tone, name, value }: LineProps) {
  return (
    <li>
      <Icon of={icon} tone={tone} />
      <span className="found-name">{name}</span>
      <span className="soft">{value}</span>
    </li>
  );
}
