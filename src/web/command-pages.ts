/** The pages and the acts that are always there. */
import IconActivity from '@tabler/icons-react/dist/esm/icons/IconActivity.mjs';
import IconBan from '@tabler/icons-react/dist/esm/icons/IconBan.mjs';
import IconFileSettings from '@tabler/icons-react/dist/esm/icons/IconFileSettings.mjs';
import IconFileSearch from '@tabler/icons-react/dist/esm/icons/IconFileSearch.mjs';
import IconFlask from '@tabler/icons-react/dist/esm/icons/IconFlask.mjs';
import IconHistory from '@tabler/icons-react/dist/esm/icons/IconHistory.mjs';
import IconKeyboard from '@tabler/icons-react/dist/esm/icons/IconKeyboard.mjs';
import IconLayoutDashboard from '@tabler/icons-react/dist/esm/icons/IconLayoutDashboard.mjs';
import IconListDetails from '@tabler/icons-react/dist/esm/icons/IconListDetails.mjs';
import IconLock from '@tabler/icons-react/dist/esm/icons/IconLock.mjs';
import IconPlayerPause from '@tabler/icons-react/dist/esm/icons/IconPlayerPause.mjs';
import IconPlayerPlay from '@tabler/icons-react/dist/esm/icons/IconPlayerPlay.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconRepeat from '@tabler/icons-react/dist/esm/icons/IconRepeat.mjs';
import IconTopologyStar from '@tabler/icons-react/dist/esm/icons/IconTopologyStar.mjs';
import IconWorld from '@tabler/icons-react/dist/esm/icons/IconWorld.mjs';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useBanDialog } from '../features/bans/web/ban-dialog-host.tsx';
import { useLive, useLiveState } from '../ui/app-context.tsx';
import { useActs } from '../ui/page-context.tsx';
import type { CommandGroup } from './command.ts';

export function useStandingCommands(onHelp: () => void): CommandGroup[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const dialog = useBanDialog();
  const live = useLive();
  const paused = useLiveState().kind === 'paused';
  const { off } = useActs();
  return [
    {
      title: t('commands.pages'),
      items: [
        {
          id: 'overview',
          icon: IconLayoutDashboard,
          label: t('nav.overview'),
          end: 'g o',
          run: () => void navigate({ to: '/', search: {} }),
        },
        {
          id: 'bans',
          icon: IconBan,
          label: t('nav.bans'),
          end: 'g b',
          run: () => void navigate({ to: '/bans', search: {} }),
        },
        {
          id: 'history',
          icon: IconHistory,
          label: t('nav.history'),
          end: 'g h',
          run: () => void navigate({ to: '/history', search: {} }),
        },
        {
          id: 'map',
          icon: IconWorld,
          label: t('nav.map'),
          end: 'g m',
          run: () => void navigate({ to: '/map', search: {} }),
        },
        {
          id: 'offenders',
          icon: IconRepeat,
          label: t('offenders.title'),
          end: 'g r',
          run: () => void navigate({ to: '/offenders', search: {} }),
        },
        {
          id: 'subnets',
          icon: IconTopologyStar,
          label: t('offenders.subnets_title'),
          run: () => void navigate({ to: '/offenders/ranges', search: {} }),
        },
        {
          id: 'jails',
          icon: IconLock,
          label: t('nav.jails'),
          end: 'g j',
          run: () => void navigate({ to: '/jails', search: {} }),
        },
        {
          id: 'config',
          icon: IconFileSettings,
          label: t('nav.config'),
          end: 'g c',
          run: () => void navigate({ to: '/config', search: {} }),
        },
        {
          id: 'effective',
          icon: IconFileSearch,
          label: t('commands.effective'),
          run: () => void navigate({ to: '/config', search: { tab: 'effective' } }),
        },
        {
          id: 'blocklists',
          icon: IconListDetails,
          label: t('nav.blocklists'),
          end: 'g k',
          run: () => void navigate({ to: '/blocklists', search: {} }),
        },
        {
          id: 'blocklist_runs',
          icon: IconListDetails,
          label: t('commands.blocklist_runs'),
          run: () => void navigate({ to: '/blocklists', search: { tab: 'runs' } }),
        },
        {
          id: 'allow_list',
          icon: IconListDetails,
          label: t('commands.allow_list'),
          run: () => void navigate({ to: '/blocklists', search: { tab: 'allowed' } }),
        },
        {
          id: 'lab',
          icon: IconFlask,
          label: t('nav.lab'),
          end: 'g l',
          run: () => void navigate({ to: '/lab', search: {} }),
        },
        {
          id: 'log',
          icon: IconActivity,
          label: t('nav.log'),
          end: 'g e',
          run: () => void navigate({ to: '/log', search: {} }),
        },
      ],
    },
    {
      title: t('commands.acts'),
      items: [
        ...(off === null
          ? [
              {
                id: 'ban_addresses',
                icon: IconPlus,
                label: t('commands.ban_addresses'),
                end: 'b',
                run: () => dialog.open({}),
              },
            ]
          : []),
        {
          id: 'pause',
          icon: paused ? IconPlayerPlay : IconPlayerPause,
          label: paused ? t('commands.resume') : t('commands.pause'),
          end: 'p',
          run: () => (paused ? live.resume() : live.pause()),
        },
        { id: 'help', icon: IconKeyboard, label: t('commands.shortcuts'), end: '?', run: onHelp },
      ],
    },
  ];
}
