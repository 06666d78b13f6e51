/** Why one ban happened: a sentence, the log lines, what matched them, the settings, and what would have prevented it. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { useTimes } from '../../../ui/page-context.tsx';
import { problemOf } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { Note } from '../../../ui/note.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { whyQuery, type Why } from './address-query.ts';
import { WhyFacts } from './why-facts.tsx';
import { WhyLines } from './why-lines.tsx';
import { WhySentence } from './why-sentence.tsx';

interface WhyBannedProps {
  id: string;
  /** Jail and moment of the ban, as far as they are known before the answer is there. */
  jail?: string | undefined;
  at?: string | undefined;
}

/** With a head of its own. */
export function WhyBanned({ id, ...known }: WhyBannedProps) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(60_000);
  const { data } = useQuery(whyQuery(useCaller(), id));
  const jail = known.jail ?? data?.jail;
  const at = known.at ?? data?.at;
  return (
    <section className="panel-part" aria-label={t('address.why')}>
      <header className="part-head">
        <h3 className="section-title">{t('address.why')}</h3>
        {jail === undefined ? null : <span className="badge">{jail}</span>}
        {at === undefined ? null : (
          <time className="part-end small quiet" dateTime={at} title={times.full(Date.parse(at))}>
            {times.exact(Date.parse(at), now)}
          </time>
        )}
      </header>
      <WhyText id={id} />
    </section>
  );
}

/** The same without a head, for a ban in a list. */
export function WhyText({ id }: { id: string }) {
  const { t } = useTranslation();
  const query = useQuery(whyQuery(useCaller(), id));
  if (query.error !== null) {
    return <ProblemNote problem={problemOf(query.error)} title={t('address.why_failed')} />;
  }
  if (query.data === undefined) return <p className="quiet">{t('ui.loading')}</p>;
  return <WhyParts why={query.data} />;
}

function WhyParts({ why }: { why: Why }) {
  const { t } = useTranslation();
  return (
    <div className="why">
      <WhySentence why={why} />
      {why.lines.length === 0 ? null : <WhyLines lines={why.lines} expressions={why.expressions.length} />}
      {why.limit === null ? null : <Note kind="info">{why.limit}</Note>}
      <WhyFacts why={why} />
      {why.prevention.length === 0 ? null : (
        <div className="why-prevention">
          <h4 className="small soft">{t('address.prevention')}</h4>
          <ul>
            {why.prevention.map(({ kind, sentence, value }) => (
              <li key={`${kind} ${sentence}`}>
                {sentence} {value === null ? null : <code className="mono">{value}</code>}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
