/** The numbered lines that led to a ban, the address marked, the last of them as n/n. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LogText } from '../../../ui/log-text.tsx';
import { useTimes } from '../../../ui/page-context.tsx';
import type { Why } from './address-query.ts';
import { letterOf } from './letter.ts';

interface WhyLinesProps {
  lines: Why['lines'];
  /** How many expressions matched them: with more than one, each line says which. */
  expressions: number;
}

const few = 12;

export function WhyLines({ lines, expressions }: WhyLinesProps) {
  const { t } = useTranslation();
  const times = useTimes();
  const [all, setAll] = useState(false);
  const hiddenCount = all ? 0 : Math.max(0, lines.length - few);
  const numbered = lines.map((line, index) => ({ ...line, no: index + 1 }));
  // the last ones are those that led to it
  const shown = numbered.slice(hiddenCount);
  return (
    <div className="why-lines">
      {hiddenCount === 0 ? null : (
        <button type="button" className="link-button small why-earlier" onClick={() => setAll(true)}>
          {t('address.earlier_lines', { count: hiddenCount })}
        </button>
      )}
      <ol>
        {shown.map((line) => {
          const last = line.no === lines.length;
          return (
            <li key={line.no}>
              <span className={`why-no ${last ? 'why-last' : ''}`}>
                {last ? `${line.no}/${lines.length}` : line.no}
              </span>
              <span className="why-time">{line.at === null ? '' : times.clock(Date.parse(line.at))}</span>
              <span className="why-text">
                <LogText text={line.text} spans={line.address === null ? [] : [line.address]} />
                {expressions < 2 || line.expression === null ? null : (
                  <span className="badge why-letter">{letterOf(line.expression)}</span>
                )}
                {line.expression === null ? (
                  <span className="small quiet"> {t('address.unmatched')}</span>
                ) : null}
              </span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
