/** What can be done with an address: end its bans, ban it longer, ban it at all. */
import IconDots from '@tabler/icons-react/dist/esm/icons/IconDots.mjs';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useBanDialog, useBanSuggestion } from '../features/bans/web/ban-dialog-host.tsx';
import { bansOfQuery, type ActiveBan } from '../features/bans/web/bans-query.ts';
import { unbanEverywhere, unbanRows } from '../features/bans/web/unban-acts.ts';
import { useActDeps } from '../features/bans/web/use-act-deps.ts';
import { useCaller } from '../ui/app-context.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';
import { useActs } from '../ui/page-context.tsx';
import { useShortcut } from '../ui/use-shortcut.ts';

const IgnoreDialog = lazy(() =>
  import('../features/jails/web/ignore-dialog.tsx').then((module) => ({ default: module.IgnoreDialog })),
);

interface AddressActsProps {
  ip: string;
  /** Its bans in force. */
  held: readonly ActiveBan[];
  /** The jail of the row that was opened. */
  jail?: string | undefined;
  /** The page behind answers the key for unbanning itself. */
  quiet?: boolean;
  /** At the end of the line. */
  end?: ReactNode;
}

export function AddressActs({ ip, held, jail, quiet = false, end }: AddressActsProps) {
  const { t } = useTranslation();
  const deps = useActDeps();
  const dialog = useBanDialog();
  const { off } = useActs();
  const [ignoring, setIgnoring] = useState(false);
  const one = held.find((ban) => ban.jail === jail) ?? (held.length === 1 ? held[0] : undefined);
  const start = { addresses: ip, ...(jail === undefined ? {} : { jail }) };
  useBanSuggestion(ip, one?.jail ?? jail);
  const unban = (): boolean => {
    if (off !== null || held.length === 0) return false;
    void (one === undefined ? unbanEverywhere(deps, ip, held) : unbanRows(deps, [one]));
    return true;
  };
  useShortcut(
    { keys: 'u', group: 'act', label: t('shortcuts.unban'), run: unban },
    off === null && !quiet && held.length > 0,
  );
  return (
    <div className="panel-acts">
      {held.length === 0 ? (
        <Button kind="primary" shortcut="b" disabled={off !== null} onClick={() => dialog.open(start)}>
          {t('panel.ban')}
        </Button>
      ) : (
        <>
          <Button kind="primary" shortcut="u" disabled={off !== null} onClick={unban}>
            {one === undefined ? t('panel.unban_everywhere') : t('panel.unban')}
          </Button>
          <Button
            disabled={off !== null}
            onClick={() => dialog.open(one === undefined ? start : { addresses: ip, jail: one.jail })}
          >
            {t('panel.change')}
          </Button>
          {held.length > 1 && one !== undefined && off === null ? (
            <Menu
              label={t('panel.more')}
              buttonClass="button button-outline button-more"
              button={
                <>
                  <Icon of={IconDots} />
                  <span className="sr-only">{t('panel.more')}</span>
                </>
              }
              items={[
                {
                  key: 'everywhere',
                  content: t('panel.unban_everywhere'),
                  onSelect: () => void unbanEverywhere(deps, ip, held),
                },
              ]}
            />
          ) : null}
        </>
      )}
      <Button disabled={off !== null} onClick={() => setIgnoring(true)}>
        {t('jails.ignored.ask')}
      </Button>
      {off === null ? null : <span className="small soft">{off}</span>}
      {end}
      {ignoring ? (
        <Suspense>
          <IgnoreDialog address={ip} onClose={() => setIgnoring(false)} />
        </Suspense>
      ) : null}
    </div>
  );
}

/** Ends every ban of an address whose bans are not at hand: they are read first, for the way back. */
export function useUnbanAddress(): (ip: string) => void {
  const deps = useActDeps();
  const caller = useCaller();
  const queryClient = useQueryClient();
  return useCallback(
    (ip) =>
      void queryClient
        .query({ ...bansOfQuery(caller, ip), staleTime: 0 })
        .then((held) => unbanEverywhere(deps, ip, held))
        // not readable: the act itself says why
        .catch(() => unbanEverywhere(deps, ip, [])),
    [deps, caller, queryClient],
  );
}
