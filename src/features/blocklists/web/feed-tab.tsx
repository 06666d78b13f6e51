/** Own bans served to other machines: their tokens, each shown once, and how they are used. */
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button, IconButton } from '../../../ui/button.tsx';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { LogText } from '../../../ui/log-text.tsx';
import { Note } from '../../../ui/note.tsx';
import { useTimes } from '../../../ui/page-context.tsx';
import { problemOf, type Problem } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { useToasts } from '../../../ui/toast.tsx';
import { useNow } from '../../../ui/use-now.ts';
import type * as allow from '../allow-contract.ts';
import { tokensQuery } from './blocklists-query.ts';

export function FeedTab() {
  const { t } = useTranslation();
  const caller = useCaller();
  const toasts = useToasts();
  const queryClient = useQueryClient();
  const options = tokensQuery(caller);
  const query = useQuery(options);
  const times = useTimes();
  const now = useNow(60_000);
  const [name, setName] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [made, setMade] = useState<{ name: string; token: string } | null>(null);
  const ready = name.trim() !== '' && !busy;

  const add = async (): Promise<void> => {
    setBusy(true);
    const result = await caller.call<typeof allow.addFeedToken>('POST /api/v1/blocklists/feed/tokens', {
      body: { name: name.trim() },
    });
    setBusy(false);
    setProblem(result.ok ? null : result.problem);
    if (!result.ok) return;
    setMade({ name: result.value.name, token: result.value.token });
    setName('');
    await queryClient.invalidateQueries({ queryKey: options.queryKey });
  };
  const revoke = async (id: number, revoked: string): Promise<void> => {
    const result = await caller.call<typeof allow.removeFeedToken>(
      'DELETE /api/v1/blocklists/feed/tokens/{id}',
      { params: { id } },
    );
    setProblem(result.ok ? null : result.problem);
    if (result.ok) toasts.show({ tone: 'ok', title: t('lists.token_revoked', { name: revoked }) });
    await queryClient.invalidateQueries({ queryKey: options.queryKey });
  };

  const url = `${location.origin}/api/v1/feed/bans.txt`;
  const command = `curl -fsS -H 'Authorization: Bearer ${made?.token ?? 'TOKEN'}' ${url}`;
  return (
    <div className="lists-panes">
      <section className="lists-pane" aria-labelledby="feed-title">
        <header className="lists-pane-head">
          <h2 id="feed-title" className="section-title">
            {t('lists.feed')}
          </h2>
          <span className="lists-pane-sub small soft">{t('lists.feed_about')}</span>
        </header>
        {made === null ? null : (
          <Note kind="info" announce acts={<CopyButton text={made.token} what={t('lists.token')} worded />}>
            <strong>{t('lists.token_once', { name: made.name })}</strong>
            <div className="mono lists-token">{made.token}</div>
          </Note>
        )}
        <form
          className="lists-token-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (ready) void add();
          }}
        >
          <label className="field">
            <span className="field-label">{t('lists.token_for')}</span>
            <input
              className="input"
              value={name}
              maxLength={100}
              autoComplete="off"
              onChange={(event) => setName(event.target.value)}
            />
          </label>
          <Button type="submit" disabled={!ready}>
            {t('lists.make_token')}
          </Button>
        </form>
        {problem === null ? null : <ProblemNote problem={problem} title={t('lists.token_failed')} />}
        {query.error === null ? null : (
          <ProblemNote problem={problemOf(query.error)} title={t('lists.tokens_unread')} />
        )}
        <ul className="lists-rows">
          {(query.data?.items ?? []).map(({ id, name: of, owner, created_at: created, used_at: used }) => (
            <li key={id} className="lists-allowed">
              <span className="lists-allowed-text">
                <LogText text={of} />{' '}
                <span className="small soft">
                  {t('lists.token_made', { name: owner, time: times.moment(Date.parse(created), now) })} ·{' '}
                  {used === null
                    ? t('lists.token_unused')
                    : t('lists.token_used', { time: times.moment(Date.parse(used), now) })}
                </span>
              </span>
              <IconButton
                label={t('lists.revoke', { name: of })}
                icon={IconX}
                onClick={() => void revoke(id, of)}
              />
            </li>
          ))}
        </ul>
        {query.data?.items.length === 0 ? <p className="small quiet">{t('lists.no_tokens')}</p> : null}
      </section>
      <section className="lists-pane lists-pane-second" aria-labelledby="feed-use">
        <header className="lists-pane-head">
          <h2 id="feed-use" className="section-title">
            {t('lists.feed_use')}
          </h2>
        </header>
        <p>{t('lists.feed_text')}</p>
        <div className="lists-command">
          <code className="mono">{command}</code>
          <CopyButton text={command} what={t('lists.command')} />
        </div>
        <p className="small soft">{t('lists.feed_options')}</p>
      </section>
    </div>
  );
}
