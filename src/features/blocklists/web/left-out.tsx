/** What a run left out: how much, why, and examples with what they meet. Never a mere number. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LogText } from '../../../ui/log-text.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import type { Run } from './blocklists-query.ts';
import { keyed } from './keyed.ts';
import { leftOut } from './run-progress.ts';

type Refusal = Run['refusals'][number];

export function LeftOut({ run }: { run: Run }) {
  const { t } = useTranslation();
  const some = run.refusals.filter(({ count }) => count > 0);
  if (some.length === 0) return null;
  return (
    <section id="left-out" className="lists-part" aria-label={t('lists.left_out')}>
      <h3 className="section-title">
        {t('lists.left_out')}{' '}
        <span className="small soft lists-light">
          {t('lists.n_of', { n: formatCount(leftOut(run)), of: formatCount(run.counts.lines) })}
        </span>
      </h3>
      <ul className="lists-rows">
        {some.map((refusal) => (
          <LeftOutRow key={refusal.kind} refusal={refusal} />
        ))}
      </ul>
    </section>
  );
}

function LeftOutRow({ refusal }: { refusal: Refusal }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  const { kind, count, examples } = refusal;
  const [first] = examples;
  return (
    <li>
      <div className="lists-out">
        <span className="lists-out-count">{formatCount(count)}</span>
        <span>{t(`lists.refusal.${kind}`)}</span>
        <span className="lists-cut mono soft">{first === undefined ? null : <Example of={first} />}</span>
        {first === undefined ? null : (
          <button
            type="button"
            className="link-button small"
            aria-expanded={shown}
            aria-label={t(shown ? 'lists.hide_kind' : 'lists.show_kind', {
              kind: t(`lists.refusal.${kind}`),
            })}
            onClick={() => setShown(!shown)}
          >
            {t(shown ? 'lists.hide' : 'lists.show')}
          </button>
        )}
      </div>
      {shown ? (
        <ul className="lists-examples">
          {keyed(examples, ({ line, text }) => `${line ?? ''} ${text}`).map(({ key, row: example }) => (
            <li key={key}>
              <span className="mono">
                <Example of={example} />
              </span>
              {example.meets === null ? null : (
                <span className="small soft">
                  {' '}
                  <LogText text={example.meets} most={200} />
                </span>
              )}
            </li>
          ))}
          {count > examples.length ? (
            <li className="small quiet">{t('lists.more_n', { n: formatCount(count - examples.length) })}</li>
          ) : null}
        </ul>
      ) : null}
    </li>
  );
}

function Example({ of: { line, text } }: { of: Refusal['examples'][number] }) {
  const { t } = useTranslation();
  return (
    <>
      {line === null ? null : `${t('lists.line_n', { n: formatCount(line) })} `}
      <LogText text={text} most={200} />
    </>
  );
}
