/** The figures of a draft's replay against what is in force, and whom it gains and loses. */
import { useTranslation } from 'react-i18next';
import { Note } from '../../../ui/note.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useTimes } from '../../../ui/page-context.tsx';
import { useDurations } from '../../../ui/use-durations.ts';
import { useNow } from '../../../ui/use-now.ts';
import { bansOver, reachOf } from './draft-replay-figures.ts';
import { GainedLost } from './gained-lost.tsx';
import type { ReplayResult, ReplayRun } from './lab-query.ts';

export function DraftReplayResult({ run, result }: { run: ReplayRun; result: ReplayResult }) {
  const { t } = useTranslation();
  const { own, ignored, earlier, added, lost } = result;
  const bans = bansOver(run, result);
  const exploded = result.expressions.filter((one) => one.catastrophic !== null);
  const [firstIgnored] = ignored.items;
  return (
    <>
      <dl className="draft-replay-figures">
        <div>
          <dt>{t(bans.daily ? 'draft_replay.bans_a_day' : 'draft_replay.bans', { jail: run.jail })}</dt>
          <dd>
            <span className="sr-only">{t('draft_replay.change', { now: bans.now, trial: bans.trial })}</span>
            <span aria-hidden="true">
              {bans.now} → <strong>{bans.trial}</strong>
            </span>
          </dd>
        </div>
        {earlier.total === 0 ? null : (
          <div>
            <dt>{t('draft_replay.earlier')}</dt>
            <dd>
              <strong>{formatCount(earlier.total)}</strong>
            </dd>
          </div>
        )}
        <div>
          <dt>{t('draft_replay.ignored')}</dt>
          <dd>
            <strong>{formatCount(ignored.total)}</strong>{' '}
            {firstIgnored === undefined ? null : <span className="mono small">{firstIgnored.ip}</span>}
          </dd>
        </div>
      </dl>
      <Reach run={run} result={result} />
      {own.items.length === 0 ? null : (
        <Note kind="warn">
          {t('lab.own_warning', {
            count: own.total,
            ips: own.items.map((row) => row.ip).join(', '),
          })}
        </Note>
      )}
      <GainedLost list="gained" rows={added} />
      <GainedLost list="lost" rows={lost} />
      {result.notes.length === 0 && exploded.length === 0 ? null : (
        <ul className="draft-replay-notes small soft">
          {[...exploded.map((one) => `${one.regex} ${one.catastrophic}`), ...result.notes].map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function Reach({ run, result }: { run: ReplayRun; result: ReplayResult }) {
  const { t } = useTranslation();
  const say = useDurations();
  const times = useTimes();
  const now = useNow(60_000);
  const reach = reachOf(run, result);
  if (reach === null) return null;
  return (
    <Note kind="info">
      {t('draft_replay.reaches', {
        time: times.moment(reach.begins, now),
        span: say(reach.seconds),
        asked: say(reach.askedSeconds),
      })}
    </Note>
  );
}
