/** What the command menu offers for what was typed. */
import IconBan from '@tabler/icons-react/dist/esm/icons/IconBan.mjs';
import IconFileSettings from '@tabler/icons-react/dist/esm/icons/IconFileSettings.mjs';
import IconHistory from '@tabler/icons-react/dist/esm/icons/IconHistory.mjs';
import IconLayoutSidebarRight from '@tabler/icons-react/dist/esm/icons/IconLayoutSidebarRight.mjs';
import IconListSearch from '@tabler/icons-react/dist/esm/icons/IconListSearch.mjs';
import IconLock from '@tabler/icons-react/dist/esm/icons/IconLock.mjs';
import IconLockOpen from '@tabler/icons-react/dist/esm/icons/IconLockOpen.mjs';
import IconFileText from '@tabler/icons-react/dist/esm/icons/IconFileText.mjs';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { parseAddress } from '../base/address.ts';
import { lookupQuery } from '../features/address/web/address-query.ts';
import { useBanDialog } from '../features/bans/web/ban-dialog-host.tsx';
import { bansFoundQuery } from '../features/bans/web/bans-query.ts';
import { useCaller } from '../ui/app-context.tsx';
import { formatCount } from '../ui/numbers.ts';
import { useActs } from '../ui/page-context.tsx';
import { useUnbanAddress } from './address-acts.tsx';
import type { Command, CommandGroup } from './command.ts';
import { useStandingCommands } from './command-pages.ts';
import { fuzzySort } from './fuzzy.ts';
import { recentAddresses } from './recent-addresses.ts';

const list = new Intl.ListFormat('en-GB', { type: 'conjunction' });

const fewAddresses = 5;
const fewJails = 6;

/** `typed` has come to rest for a moment. */
export function useCommandGroups(typed: string, onHelp: () => void): CommandGroup[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { jails } = useBanDialog();
  const standing = useStandingCommands(onHelp);
  const text = typed.trim();
  const address = parseAddress(text);
  const aboutAddress = useAddressCommands(address);
  const found = useFoundAddresses(address === null ? text : '');
  const open = useOpenAddress();
  if (text === '') {
    const recent = recentAddresses().map((ip) => addressCommand(ip, t('commands.recent'), open));
    return [{ title: t('commands.recent'), items: recent }, ...standing].filter(hasItems);
  }
  const jailItems = fuzzySort(text, jails, (jail) => jail.name)
    .slice(0, fewJails)
    .map(({ name }): Command => ({
      id: `jail ${name}`,
      icon: IconLock,
      label: name,
      run: () => void navigate({ to: '/jails', search: { row: name } }),
    }));
  const configItems = fuzzySort(text, jails, (jail) => jail.name)
    .slice(0, fewJails)
    .map(({ name }): Command => ({
      id: `config ${name}`,
      icon: IconFileSettings,
      label: t('commands.configure', { name }),
      run: () => void navigate({ to: '/config', search: { jail: name } }),
    }));
  const search: Command = {
    id: 'search',
    icon: IconListSearch,
    label: t('commands.search_text', { text }),
    run: () => void navigate({ to: '/history', search: { text } }),
  };
  return [
    ...(aboutAddress === null ? [] : [aboutAddress]),
    { title: t('commands.banned'), items: found },
    { title: t('commands.jails'), items: address === null ? [...jailItems, ...configItems] : [] },
    ...standing.map((group) => ({
      ...group,
      items: address === null ? fuzzySort(text, group.items, (item) => item.label) : [],
    })),
    { title: t('commands.search'), items: address === null ? [search] : [] },
  ].filter(hasItems);
}

const hasItems = (group: CommandGroup): boolean => group.items.length > 0;

const addressCommand = (ip: string, end: string, open: (ip: string) => void): Command => ({
  id: `address ${ip}`,
  icon: IconLayoutSidebarRight,
  label: ip,
  mono: true,
  end,
  run: () => open(ip),
});

function useOpenAddress(): (ip: string) => void {
  const navigate = useNavigate();
  return (ip) =>
    void navigate({ to: '.', search: (before: Record<string, unknown>) => ({ ...before, address: ip }) });
}

/** Everything one can do with an address that was typed in full; null when none was. */
function useAddressCommands(address: string | null): CommandGroup | null {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const caller = useCaller();
  const dialog = useBanDialog();
  const { off } = useActs();
  const unban = useUnbanAddress();
  const open = useOpenAddress();
  const known = useQuery({ ...lookupQuery(caller, address ?? ''), enabled: address !== null }).data;
  if (address === null) return null;
  const held = known?.banned_in.map((ban) => ban.jail) ?? [];
  const bans = known?.history.bans ?? 0;
  const title =
    known === undefined
      ? t('commands.address')
      : held.length === 0
        ? t('commands.address_free')
        : t('commands.address_held', { jails: list.format(held) });
  const acts: Command[] =
    off !== null
      ? []
      : [
          ...(held.length === 0
            ? []
            : [
                {
                  id: 'unban',
                  icon: IconLockOpen,
                  label: t('commands.unban'),
                  run: () => unban(address),
                },
              ]),
          {
            id: 'ban',
            icon: IconBan,
            label: t('commands.ban'),
            run: () => dialog.open({ addresses: address }),
          },
        ];
  return {
    title,
    items: [
      { id: 'open', icon: IconLayoutSidebarRight, label: t('commands.open'), run: () => open(address) },
      {
        id: 'page',
        icon: IconFileText,
        label: t('commands.open_page'),
        run: () => void navigate({ to: '/address/$ip', params: { ip: address }, search: {} }),
      },
      ...acts,
      {
        id: 'history',
        icon: IconHistory,
        label:
          bans === 0
            ? t('commands.in_history_open')
            : t('commands.in_history', {
                bans: t('address.bans', { count: bans, n: formatCount(bans) }),
              }),
        run: () => void navigate({ to: '/history', search: { ip: address } }),
      },
    ],
  };
}

/** Addresses banned now that a part was typed of. */
function useFoundAddresses(text: string): Command[] {
  const partly = /^[\da-f]*[.:][\da-f.:]*$/i.test(text) && text.length >= 2;
  const found = useQuery({ ...bansFoundQuery(useCaller(), text, fewAddresses), enabled: partly }).data;
  const open = useOpenAddress();
  if (!partly || found === undefined) return [];
  const jails = Map.groupBy(found.items, (ban) => ban.ip);
  return [...jails].map(([ip, bans]) => addressCommand(ip, bans.map((ban) => ban.jail).join(', '), open));
}
