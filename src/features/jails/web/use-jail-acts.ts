/** Starting, stopping, idling and reloading a jail from a page, each with its way back where there is one. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import type { Result } from '../../../ui/call.ts';
import { formatCount } from '../../../ui/numbers.ts';
import { problemText } from '../../../ui/problem-note.tsx';
import { useToasts } from '../../../ui/toast.tsx';
import type * as contract from '../contract.ts';
import type { Jail } from './jails-query.ts';

export interface JailActs {
  /** An act is under way. */
  working: boolean;
  start: (name: string) => Promise<void>;
  stop: (name: string) => Promise<void>;
  idle: (name: string, on: boolean) => Promise<void>;
  reload: (name: string) => Promise<void>;
  reloadAll: () => Promise<void>;
}

interface Told {
  title: string;
  detail?: string;
  undo?: () => void;
}

export function useJailActs(): JailActs {
  const { t } = useTranslation();
  const caller = useCaller();
  const queryClient = useQueryClient();
  const toasts = useToasts();
  const [working, setWorking] = useState(false);

  async function act<T>(failed: string, call: () => Promise<Result<T>>, told: (value: T) => Told) {
    setWorking(true);
    const result = await call();
    await queryClient.invalidateQueries({ queryKey: ['jails'] });
    setWorking(false);
    if (result.ok) toasts.show({ tone: 'ok', ...told(result.value) });
    else toasts.show({ tone: 'bad', title: failed, detail: problemText(t, result.problem) });
  }

  const start = (name: string): Promise<void> =>
    act(
      t('jails.act.not_started', { name }),
      () => caller.call<typeof contract.startJail>('POST /api/v1/jails/{name}/start', { params: { name } }),
      (jail: Jail) => ({
        title: t('jails.act.started', { name }),
        detail: t('jails.act.banned_now', {
          count: jail.currently_banned,
          n: formatCount(jail.currently_banned),
        }),
      }),
    );
  const idle = (name: string, on: boolean): Promise<void> =>
    act(
      t('jails.act.not_idle', { name }),
      () =>
        caller.call<typeof contract.idleJail>('POST /api/v1/jails/{name}/idle', {
          params: { name },
          body: { on },
        }),
      () => ({
        title: t(on ? 'jails.act.idles' : 'jails.act.woken', { name }),
        ...(on ? { detail: t('jails.act.idles_text') } : {}),
        undo: () => void idle(name, !on),
      }),
    );
  return {
    working,
    start,
    idle,
    stop: (name) =>
      act(
        t('jails.act.not_stopped', { name }),
        () => caller.call<typeof contract.stopJail>('POST /api/v1/jails/{name}/stop', { params: { name } }),
        ({ bans_ended: ended }) => ({
          title: t('jails.act.stopped', { name }),
          detail: t('jails.act.bans_ended', { count: ended, n: formatCount(ended) }),
          undo: () => void start(name),
        }),
      ),
    reload: (name) =>
      act(
        t('jails.act.not_reloaded', { name }),
        () =>
          caller.call<typeof contract.reloadJail>('POST /api/v1/jails/{name}/reload', { params: { name } }),
        () => ({ title: t('jails.act.reloaded', { name }) }),
      ),
    reloadAll: () =>
      act(
        t('jails.act.none_reloaded'),
        () => caller.call<typeof contract.reloadJails>('POST /api/v1/jails/reload'),
        ({ items, lost }) => ({
          title: t('jails.act.all_reloaded', { count: items.length, n: formatCount(items.length) }),
          ...(lost.length === 0 ? {} : { detail: t('jails.act.lost', { names: lost.join(', ') }) }),
        }),
      ),
  };
}
