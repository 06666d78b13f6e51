/** Whom a list would hurt: people who signed in lately, and what the allow-list lets through. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button } from '../../../ui/button.tsx';
import { LogText } from '../../../ui/log-text.tsx';
import { Note } from '../../../ui/note.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useTimes } from '../../../ui/page-context.tsx';
import type { Problem } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { useToasts } from '../../../ui/toast.tsx';
import { useNow } from '../../../ui/use-now.ts';
import type * as allow from '../allow-contract.ts';
import { blocklistsKey, type Simulation } from './blocklists-query.ts';

const most = 6;

export function SimulationNotes({ found }: { found: Simulation }) {
  return (
    <div className="lists-notes">
      <SignedIn found={found} />
      <MeetsAllowed found={found} />
    </div>
  );
}

function SignedIn({ found: { signed_in: signedIn } }: { found: Simulation }) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(60_000);
  const { held, read, addresses } = signedIn;
  if (read.length === 0) return <p className="small quiet">{t('lists.no_sign_ins_read')}</p>;
  if (held.length === 0) {
    return (
      <p className="small soft">
        {addresses === 0
          ? t('lists.nobody_signed_in', { logs: read.join(', ') })
          : t('lists.locks_out_nobody', {
              count: addresses,
              n: formatCount(addresses),
              logs: read.join(', '),
            })}
      </p>
    );
  }
  return (
    <Note kind="bad">
      <strong>{t('lists.locks_out', { count: held.length, n: formatCount(held.length) })}</strong>{' '}
      {t('lists.locks_out_text')}
      <ul className="lists-met">
        {held.slice(0, most).map(({ ip, user, times: count, last, log }) => (
          <li key={`${ip} ${user ?? ''} ${log}`}>
            <span className="mono">{ip}</span>{' '}
            <span className="soft">
              {user === null ? null : (
                <>
                  <LogText text={user} most={60} />
                  {', '}
                </>
              )}
              {t('lists.signed_in_times', { count, n: formatCount(count) })}
              {last === null
                ? null
                : `, ${t('lists.signed_in_last', { time: times.moment(Date.parse(last), now) })}`}
            </span>
          </li>
        ))}
        {held.length > most ? (
          <li className="quiet">{t('lists.more_n', { n: formatCount(held.length - most) })}</li>
        ) : null}
      </ul>
      <LetThrough addresses={[...new Set(held.map(({ ip }) => ip))]} />
    </Note>
  );
}

/** Puts all of them on the allow-list, so that the list can be used. */
function LetThrough({ addresses }: { addresses: readonly string[] }) {
  const { t } = useTranslation();
  const caller = useCaller();
  const toasts = useToasts();
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const add = async (): Promise<void> => {
    setBusy(true);
    let added = 0;
    let last: Problem | null = null;
    for (const entry of addresses) {
      // one after the other: each is a change of its own, with its own line in the audit
      const result = await caller.call<typeof allow.addAllowed>('POST /api/v1/blocklists/allowed', {
        body: { entry, reason: t('lists.allow_reason') },
      });
      if (result.ok || result.problem.status === 409) added += 1;
      else last = result.problem;
    }
    setBusy(false);
    setProblem(last);
    await queryClient.invalidateQueries({ queryKey: [blocklistsKey] });
    if (added > 0) {
      toasts.show({
        tone: last === null ? 'ok' : 'warn',
        title: t('lists.let_through', { count: added, n: formatCount(added) }),
        detail: t('lists.let_through_detail'),
      });
    }
  };
  return (
    <div className="lists-acts">
      <Button disabled={busy} onClick={() => void add()}>
        {t('lists.let_them_through', { count: addresses.length, n: formatCount(addresses.length) })}
      </Button>
      {problem === null ? null : <ProblemNote problem={problem} title={t('lists.allow_failed')} />}
    </div>
  );
}

function MeetsAllowed({ found }: { found: Simulation }) {
  const { t } = useTranslation();
  const { allowed, allowed_total: total } = found;
  if (total === 0) return null;
  return (
    <Note kind="warn">
      <strong>{t('lists.meets_allowed', { count: total, n: formatCount(total) })}</strong>{' '}
      {t('lists.meets_allowed_text')}
      <ul className="lists-met">
        {allowed.slice(0, most).map(({ entry, meets, owner, reason }) => (
          <li key={`${entry} ${meets}`}>
            <span className="mono">
              <LogText text={entry} most={100} />
            </span>{' '}
            <span className="soft">
              <LogText text={[reason, owner].filter(Boolean).join(', ') || meets} most={120} />
            </span>
          </li>
        ))}
        {total > most ? (
          <li className="quiet">{t('lists.more_n', { n: formatCount(total - most) })}</li>
        ) : null}
      </ul>
    </Note>
  );
}
