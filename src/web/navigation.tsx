/** The pages at the left, icons only on narrow windows, a bar at the bottom on phones. */
import IconActivity from '@tabler/icons-react/dist/esm/icons/IconActivity.mjs';
import IconBan from '@tabler/icons-react/dist/esm/icons/IconBan.mjs';
import IconContrast from '@tabler/icons-react/dist/esm/icons/IconContrast.mjs';
import IconFileSettings from '@tabler/icons-react/dist/esm/icons/IconFileSettings.mjs';
import IconFlask from '@tabler/icons-react/dist/esm/icons/IconFlask.mjs';
import IconHistory from '@tabler/icons-react/dist/esm/icons/IconHistory.mjs';
import IconKeyboard from '@tabler/icons-react/dist/esm/icons/IconKeyboard.mjs';
import IconLayoutDashboard from '@tabler/icons-react/dist/esm/icons/IconLayoutDashboard.mjs';
import IconListDetails from '@tabler/icons-react/dist/esm/icons/IconListDetails.mjs';
import IconLock from '@tabler/icons-react/dist/esm/icons/IconLock.mjs';
import IconLogout from '@tabler/icons-react/dist/esm/icons/IconLogout.mjs';
import IconMenu2 from '@tabler/icons-react/dist/esm/icons/IconMenu2.mjs';
import IconUserCircle from '@tabler/icons-react/dist/esm/icons/IconUserCircle.mjs';
import IconWorld from '@tabler/icons-react/dist/esm/icons/IconWorld.mjs';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { signOut, type Session } from '../features/auth/web/session-query.ts';
import { sourcesQuery } from '../features/blocklists/web/blocklists-query.ts';
import type { Status } from '../features/overview/web/status-query.ts';
import { useCaller } from '../ui/app-context.tsx';
import { Icon, type IconShape } from '../ui/icon.tsx';
import { Key } from '../ui/key.tsx';
import { Menu } from '../ui/menu.tsx';
import { formatCount } from '../ui/numbers.ts';
import { problemText } from '../ui/problem-note.tsx';
import { useToasts } from '../ui/toast.tsx';
import { forgetAddresses } from './recent-addresses.ts';
import { chooseTheme, currentTheme, themes } from './theme.ts';

interface NavigationProps {
  status: Status | undefined;
  session: Session | undefined;
  onHelp: () => void;
}

export function Navigation({ status, session, onHelp }: NavigationProps) {
  const { t } = useTranslation();
  const [theme, setTheme] = useState(currentTheme);
  const leave = useSignOut();
  const lists = useQuery(sourcesQuery(useCaller())).data?.items.length;
  const navigate = useNavigate();
  const themeItems = themes.map((choice) => ({
    key: choice,
    content: t(`shell.theme_${choice}`),
    checked: theme === choice,
    onSelect: () => {
      chooseTheme(choice);
      setTheme(choice);
    },
  }));
  const accountItems = [
    {
      key: 'out',
      content: <Entry icon={IconLogout} text={t('shell.sign_out')} />,
      onSelect: () => leave(false),
    },
    {
      key: 'all',
      content: <Entry icon={IconLogout} text={t('shell.sign_out_everywhere')} />,
      onSelect: () => leave(true),
    },
  ];
  // a bar at the bottom has room for five
  const pageItems = [
    {
      key: 'jails',
      content: <Entry icon={IconLock} text={t('nav.jails')} />,
      onSelect: () => void navigate({ to: '/jails', search: {} }),
    },
    {
      key: 'config',
      content: <Entry icon={IconFileSettings} text={t('nav.config')} />,
      onSelect: () => void navigate({ to: '/config', search: {} }),
    },
    {
      key: 'blocklists',
      content: <Entry icon={IconListDetails} text={t('nav.blocklists')} />,
      onSelect: () => void navigate({ to: '/blocklists', search: {} }),
    },
    {
      key: 'lab',
      content: <Entry icon={IconFlask} text={t('nav.lab')} />,
      onSelect: () => void navigate({ to: '/lab', search: {} }),
    },
    {
      key: 'log',
      content: <Entry icon={IconActivity} text={t('nav.log')} />,
      onSelect: () => void navigate({ to: '/log', search: {} }),
    },
  ];
  const help = {
    key: 'help',
    content: <Entry icon={IconKeyboard} text={t('shell.shortcuts')} />,
    onSelect: onHelp,
  };
  const name = session?.user.name ?? '';
  return (
    <nav className="navigation" aria-label={t('nav.label')}>
      <NavLink to="/" icon={IconLayoutDashboard} text={t('nav.overview')} />
      <NavLink to="/bans" icon={IconBan} text={t('nav.bans')} count={status?.banned_now} />
      <NavLink to="/history" icon={IconHistory} text={t('nav.history')} />
      <NavLink to="/map" icon={IconWorld} text={t('nav.map')} />
      <NavLink to="/jails" icon={IconLock} text={t('nav.jails')} count={status?.jails} second />
      <NavLink to="/config" icon={IconFileSettings} text={t('nav.config')} after />
      <NavLink to="/blocklists" icon={IconListDetails} text={t('nav.blocklists')} count={lists} after />
      <NavLink to="/lab" icon={IconFlask} text={t('nav.lab')} after />
      <NavLink to="/log" icon={IconActivity} text={t('nav.log')} second />
      <div className="nav-foot">
        <Menu
          label={t('shell.theme')}
          buttonClass="nav-item"
          button={<Entry icon={IconContrast} text={t('shell.theme')} end={t(`shell.theme_${theme}`)} />}
          items={themeItems}
        />
        <button type="button" className="nav-item" onClick={onHelp}>
          <Entry icon={IconKeyboard} text={t('shell.shortcuts')} end={<Key name="?" />} />
        </button>
        <Menu
          label={t('shell.account', { name })}
          buttonClass="nav-item"
          button={<Entry icon={IconUserCircle} text={name} end={session?.user.role} />}
          items={accountItems}
        />
      </div>
      <div className="nav-more">
        <Menu
          label={t('nav.more')}
          buttonClass="nav-item"
          button={<Entry icon={IconMenu2} text={t('nav.more')} />}
          items={[...pageItems, ...themeItems, help, ...accountItems]}
        />
      </div>
    </nav>
  );
}

function NavLink({
  to,
  icon,
  text,
  count,
  second = false,
  after = false,
}: {
  to: string;
  icon: IconShape;
  text: string;
  count?: number | undefined;
  /** The first of a later group; on phones it is under "More". */
  second?: boolean;
  /** Another one of that group. */
  after?: boolean;
}) {
  return (
    <Link
      to={to}
      className={second ? 'nav-item nav-second' : after ? 'nav-item nav-after' : 'nav-item'}
      activeProps={{ 'aria-current': 'page' }}
      activeOptions={{ exact: true, includeSearch: false }}
    >
      <Entry icon={icon} text={text} end={count === undefined ? undefined : formatCount(count)} />
    </Link>
  );
}

function Entry({ icon, text, end }: { icon: IconShape; text: string; end?: React.ReactNode }) {
  return (
    <>
      <Icon of={icon} />
      <span className="nav-text">{text}</span>
      {end === undefined ? null : <span className="nav-end">{end}</span>}
    </>
  );
}

function useSignOut(): (everywhere: boolean) => void {
  const { t } = useTranslation();
  const caller = useCaller();
  const toasts = useToasts();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return (everywhere) =>
    void signOut(caller, everywhere).then(async (problem) => {
      if (problem !== null && problem.status !== 401) {
        toasts.show({ tone: 'bad', title: t('shell.sign_out'), detail: problemText(t, problem) });
        return;
      }
      forgetAddresses();
      await navigate({ to: '/login', search: {} });
      queryClient.clear();
    });
}
