/** Opens the ban dialog from anywhere; `b` does it on every page. The dialog itself is loaded when first opened. */
import {
  createContext,
  lazy,
  Suspense,
  use,
  useEffect,
  useMemo,
  useRef,
  useState,
  type ReactNode,
} from 'react';
import { useTranslation } from 'react-i18next';
import { useActs } from '../../../ui/page-context.tsx';
import { useShortcut } from '../../../ui/use-shortcut.ts';
import type { BanJail, BanStart } from './ban-start.ts';

const BanDialog = lazy(() => import('./ban-dialog.tsx').then((module) => ({ default: module.BanDialog })));

interface BanHost {
  jails: readonly BanJail[];
  open: (start: BanStart) => void;
  /** What the key begins with while something is in front of the operator; null = an empty dialog. */
  suggest: (start: BanStart | null) => void;
}

const BanHostContext = createContext<BanHost>({
  jails: [],
  open: () => undefined,
  suggest: () => undefined,
});
export const useBanDialog = (): BanHost => use(BanHostContext);

/** While it is on show, `b` bans this address. */
export function useBanSuggestion(addresses: string | null, jail?: string): void {
  const { suggest } = useBanDialog();
  useEffect(() => {
    if (addresses === null) return undefined;
    suggest({ addresses, ...(jail === undefined ? {} : { jail }) });
    return () => suggest(null);
  }, [suggest, addresses, jail]);
}

export function BanDialogHost({ jails, children }: { jails: readonly BanJail[]; children: ReactNode }) {
  const { t } = useTranslation();
  const acts = useActs();
  const [start, setStart] = useState<BanStart | null>(null);
  const suggested = useRef<BanStart | null>(null);
  const host = useMemo<BanHost>(
    () => ({
      jails,
      open: setStart,
      suggest: (next) => {
        suggested.current = next;
      },
    }),
    [jails],
  );
  const enabled = acts.off === null;
  useShortcut(
    { keys: 'b', group: 'act', label: t('shortcuts.ban'), run: () => setStart(suggested.current ?? {}) },
    enabled,
  );
  return (
    <BanHostContext value={host}>
      {children}
      {start === null ? null : (
        <Suspense>
          <BanDialog start={start} jails={jails} onClose={() => setStart(null)} />
        </Suspense>
      )}
    </BanHostContext>
  );
}
