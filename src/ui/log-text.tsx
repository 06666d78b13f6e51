/** A line of a log, shown so that nothing in it can act: see `visible-text.ts`. Long ones are cut, the rest on request. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCount } from './numbers.ts';
import { visiblePieces, type Span } from './visible-text.ts';

interface LogTextProps {
  text: string;
  /** What of it is marked. */
  spans?: readonly Span[];
  /** Characters shown before it is cut. */
  most?: number;
}

/** Even on request no page is filled with a megabyte at once. */
const step = 50_000;

export function LogText({ text, spans = [], most = 400 }: LogTextProps) {
  const { t } = useTranslation();
  const [limit, setLimit] = useState(most);
  const rest = text.length - limit;
  return (
    <span className="log-text">
      {visiblePieces(text, spans, limit).map((piece) =>
        piece.kind === 'plain' ? (
          <span key={piece.at}>{piece.text}</span>
        ) : piece.kind === 'marked' ? (
          <mark key={piece.at}>{piece.text}</mark>
        ) : (
          <span key={piece.at} className="log-hidden" title={t('ui.hidden_character')}>
            {piece.text}
          </span>
        ),
      )}
      {rest <= 0 ? null : (
        <>
          …{' '}
          <button
            type="button"
            className="link-button small"
            onClick={() => setLimit(limit + Math.max(step, most))}
          >
            {rest <= step ? t('ui.show_all') : t('ui.show_more', { n: formatCount(step) })}
          </button>{' '}
          <span className="small quiet">{t('ui.characters', { n: formatCount(text.length) })}</span>
        </>
      )}
    </span>
  );
}
