/** The expressions that are tried, each with the lines it matched; a click edits one. */
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import type { TestAnswer } from './lab-query.ts';
import { RegexText } from './regex-text.tsx';

type Tried = TestAnswer['failregex'][number];

interface ExpressionsProps {
  expressions: readonly string[];
  /** By row; undefined while nothing was tried. */
  tried: (row: number) => Tried | undefined;
  /** Refusals of the server, by row. */
  problem: (row: number) => string | undefined;
  fresh: ReadonlySet<number>;
  onChange: (expressions: string[]) => void;
}

export function Expressions({ expressions, tried, problem, fresh, onChange }: ExpressionsProps) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState<number | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const rows = useRef(expressions.length);
  useEffect(() => {
    // One that was added stands last, and is the one to look at.
    if (expressions.length > rows.current) list.current?.scrollTo(0, list.current.scrollHeight);
    rows.current = expressions.length;
  }, [expressions.length]);
  const put = (row: number, text: string): void =>
    onChange(expressions.map((one, index) => (index === row ? text.replaceAll(/[\r\n]+/g, ' ') : one)));
  const end = (row: number): void => {
    setEditing(null);
    if (expressions[row]?.trim() === '') onChange(expressions.filter((_, index) => index !== row));
  };
  return (
    <section className="lab-section" aria-label={t('lab.failregex')}>
      <div className="lab-table-head small quiet">
        <span className="mono">failregex</span>
        <span>{t('lab.lines_matched')}</span>
      </div>
      <ol ref={list} className="lab-expressions">
        {expressions.map((text, row) => (
          // Two equal expressions are told apart by nothing but their place.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={row} className="lab-expression">
            <span className="micro quiet number">{row + 1}</span>
            {editing === row ? (
              <textarea
                className="input lab-edit"
                aria-label={t('lab.expression', { n: row + 1 })}
                rows={Math.min(6, Math.ceil((text.length + 1) / 62))}
                value={text}
                autoFocus
                spellCheck={false}
                onChange={(event) => put(row, event.target.value)}
                onBlur={() => end(row)}
                onKeyDown={(event) => {
                  if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur();
                }}
              />
            ) : (
              <button
                type="button"
                className="lab-regex"
                title={text}
                aria-label={t('lab.edit', { n: row + 1, regex: text })}
                onClick={() => setEditing(row)}
              >
                <RegexText text={text} />
              </button>
            )}
            <span className="lab-expression-end">
              {fresh.has(row) ? <span className="badge lab-new">{t('lab.new')}</span> : null}
              <Hits tried={tried(row)} strong={fresh.has(row)} />
              <IconButton
                label={t('lab.remove', { n: row + 1 })}
                icon={IconX}
                onClick={() => onChange(expressions.filter((_, index) => index !== row))}
              />
            </span>
            <Wrong tried={tried(row)} problem={problem(row)} />
          </li>
        ))}
      </ol>
      <div className="lab-under small quiet">
        <button
          type="button"
          className="lab-add"
          onClick={() => {
            onChange([...expressions, '']);
            setEditing(expressions.length);
          }}
        >
          <Icon of={IconPlus} /> {t('lab.add')}
        </button>
        <Slowest expressions={expressions} tried={tried} />
      </div>
    </section>
  );
}

function Hits({ tried, strong }: { tried: Tried | undefined; strong: boolean }) {
  if (tried === undefined || tried.problem !== null) return null;
  return <span className={strong ? 'strong' : 'soft'}>{formatCount(tried.hits)}</span>;
}

function Wrong({ tried, problem }: { tried: Tried | undefined; problem: string | undefined }) {
  const sentence = problem ?? tried?.problem ?? tried?.catastrophic ?? null;
  if (sentence === null) return null;
  return (
    <p className="lab-wrong small" role="alert">
      {sentence}
    </p>
  );
}

function Slowest({ expressions, tried }: Pick<ExpressionsProps, 'expressions' | 'tried'>) {
  const { t } = useTranslation();
  const times = expressions.map((_, row) => ({ row, ms: tried(row)?.mean_ms ?? 0 }));
  const slowest = times.toSorted((a, b) => b.ms - a.ms)[0];
  if (slowest === undefined || slowest.ms === 0) return null;
  return (
    <span>{t('lab.slowest', { n: slowest.row + 1, ms: slowest.ms.toFixed(slowest.ms < 1 ? 3 : 1) })}</span>
  );
}
