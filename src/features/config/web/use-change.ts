/** Checking and applying a change: what was found, which step it is at, how it ended, and the way back. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import type { Result } from '../../../ui/call.ts';
import type { Problem } from '../../../ui/problem.ts';
import { useToasts } from '../../../ui/toast.tsx';
import type * as contract from '../contract.ts';
import type * as revisionsContract from '../revisions-contract.ts';
import { configKey, type ChangeEnd, type Check } from './config-query.ts';
import { readChangeEnd, readCommands } from './read-change-end.ts';
import type { OpenFile } from './use-open-file.ts';
import { useDrafts } from './use-drafts.ts';

export interface Change {
  busy: 'check' | 'apply' | null;
  /** Of the text as it is now; null when that was not checked. */
  check: Check | null;
  end: { end: ChangeEnd; at: number; path: string } | null;
  problem: Problem | null;
  /** The password is asked for, because of these options. */
  asks: { commands: Check['commands']; again: () => void } | null;
  runCheck: () => void;
  apply: (reason: string) => void;
  /** Deletes the file. */
  remove: (reason: string) => void;
  restore: (revision: number, before: boolean, reason: string) => void;
  closeAsk: () => void;
}

interface State {
  /** The file that was open when `end` and `problem` came about: beside another one they say nothing. */
  about: string | null;
  busy: Change['busy'];
  /** The text that was tried last; without a result while it is, and when it could not be. */
  checked: { key: string; text: string; result: Check | null } | null;
  end: Change['end'];
  problem: Problem | null;
  asks: Change['asks'];
}

type Send = () => Promise<Result<ChangeEnd>>;

/** A pause in typing after which the text is tried on a copy by itself. */
const restMs = 1200;

export function useChange(file: OpenFile | null, automatic: boolean): Change {
  const { t } = useTranslation();
  const caller = useCaller();
  const toasts = useToasts();
  const drafts = useDrafts();
  const queryClient = useQueryClient();
  const [state, setState] = useState<State>(still);
  const patch = (some: Partial<State>): void => setState((before) => ({ ...before, ...some }));

  const runCheck = (): void => {
    if (file === null || state.busy !== null || file.locked !== null) return;
    const { key, text, id } = file;
    patch({ about: key, busy: 'check', problem: null, checked: { key, text, result: null } });
    void caller
      .call<typeof contract.checkFile>('POST /api/v1/config/files/{kind}/{name}/validate', {
        params: id,
        body: { content: text },
      })
      .then((result) =>
        patch({
          busy: null,
          ...(result.ok
            ? { checked: { key, text, result: result.value }, end: null }
            : { problem: result.problem }),
        }),
      );
  };

  const send = (path: string, call: Send, sent: OpenFile | null = null): void => {
    patch({ about: file?.key ?? null, busy: 'apply', problem: null, end: null, asks: null });
    void call().then(async (result) => {
      const end = result.ok ? result.value : readChangeEnd(result.problem);
      if (!result.ok && result.problem.code === 'confirmation_required') {
        const again = (): void => send(path, call, sent);
        patch({ busy: null, asks: { commands: readCommands(result.problem), again } });
        return;
      }
      await queryClient.invalidateQueries({ queryKey: [configKey] });
      if (result.ok) settle(path, result.value, sent);
      patch({
        busy: null,
        end: end === null ? null : { end, at: Date.now(), path },
        problem: result.ok || end !== null ? null : result.problem,
      });
    });
  };

  const settle = (path: string, end: ChangeEnd, sent: OpenFile | null): void => {
    const now = sent === null ? null : drafts.get(sent.key);
    // what was typed while it was applied is a draft that goes on from here
    if (sent !== null && now !== null && now.text !== sent.text) {
      drafts.set(sent.key, { ...now, base: end.etag, before: sent.text });
    } else if (sent !== null) drafts.drop(sent.key);
    const { revision } = end;
    toasts.show({
      tone: 'ok',
      title: end.result === 'unchanged' ? t('config.toast_unchanged') : t('config.toast_applied', { path }),
      ...(revision === null ? {} : { detail: t('config.toast_revision', { n: revision }) }),
      ...(end.result === 'applied' && revision !== null ? { undo: () => restore(revision, true, '') } : {}),
    });
  };

  const restore = (revision: number, before: boolean, reason: string): void =>
    send(t('config.revision_n', { n: revision }), () =>
      caller.call<typeof revisionsContract.restoreRevision>('POST /api/v1/config/revisions/{id}/restore', {
        params: { id: revision },
        body: { before, ...reasonOf(reason) },
      }),
    );

  const current = file !== null && state.checked?.key === file.key && state.checked.text === file.text;
  const ours = state.about === (file?.key ?? null);
  const waits =
    automatic && file !== null && file.draft !== null && !file.stale && file.locked === null && !current;
  const latest = useRef(runCheck);
  useEffect(() => {
    latest.current = runCheck;
  });
  const rests = waits && state.busy === null ? file.text : null;
  useEffect(() => {
    if (rests === null) return undefined;
    const timer = setTimeout(() => latest.current(), restMs);
    return () => clearTimeout(timer);
  }, [rests]);

  return {
    busy: state.busy,
    check: current ? (state.checked?.result ?? null) : null,
    end: ours ? state.end : null,
    problem: ours ? state.problem : null,
    asks: state.asks,
    runCheck,
    apply: (reason) => {
      if (file === null) return;
      const { id, text, path, draft } = file;
      const call: Send = () =>
        caller.call<typeof contract.writeFile>('PUT /api/v1/config/files/{kind}/{name}', {
          params: id,
          body: { content: text, ...reasonOf(reason) },
          headers: matchOf(draft === null ? (file.disk?.etag ?? null) : draft.base),
        });
      send(path, call, file);
    },
    remove: (reason) => {
      if (file === null) return;
      const { id, path, disk } = file;
      const call: Send = () =>
        caller.call<typeof contract.deleteFile>('DELETE /api/v1/config/files/{kind}/{name}', {
          params: id,
          body: reasonOf(reason),
          headers: matchOf(disk?.etag ?? null),
        });
      send(path, call, file);
    },
    restore,
    closeAsk: () => patch({ asks: null }),
  };
}

const still: State = { about: null, busy: null, checked: null, end: null, problem: null, asks: null };

const reasonOf = (reason: string): { reason?: string } => (reason.trim() === '' ? {} : { reason });

const matchOf = (etag: string | null): Record<string, string> =>
  etag === null ? { 'if-none-match': '*' } : { 'if-match': etag };
