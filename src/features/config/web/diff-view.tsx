/** A difference of two texts: one column or two, with − and + beside the lines and the changed words marked. */
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCount } from '../../../ui/numbers.ts';
import { besides, changedSpan, diffParts, type DiffLine } from './diff-lines.ts';

interface DiffViewProps {
  lines: readonly DiffLine[];
  /** What it is the difference of, for readers. */
  label: string;
  sides: boolean;
}

export function DiffView({ lines, label, sides }: DiffViewProps) {
  const { t } = useTranslation();
  const parts = useMemo(() => diffParts(lines), [lines]);
  return (
    // a region that scrolls has to be reached by keys
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="diff" role="group" aria-label={label} tabIndex={0}>
      <table className={sides ? 'diff-table diff-sides' : 'diff-table'}>
        {sides ? (
          <colgroup>
            <col className="diff-col-number" />
            <col className="diff-col-sign" />
            <col />
            <col className="diff-col-number" />
            <col className="diff-col-sign" />
            <col />
          </colgroup>
        ) : null}
        <tbody>
          {parts.map((part, at) =>
            part.kind === 'skipped' ? (
              // parts have no name of their own, and are made anew as a whole
              // oxlint-disable-next-line react/no-array-index-key
              <tr key={`skipped ${at}`} className="diff-skipped">
                <td colSpan={sides ? 6 : 4}>
                  {t('config.unchanged_lines', { count: part.count, n: formatCount(part.count) })}
                </td>
              </tr>
            ) : sides ? (
              besides(part.lines).map(([before, after]) => (
                <tr key={`${before?.before ?? ''} ${after?.after ?? ''}`}>
                  <Side line={before} other={after} number={before?.before ?? null} />
                  <Side line={after} other={before} number={after?.after ?? null} />
                </tr>
              ))
            ) : (
              <Unified
                key={`lines ${part.lines[0]?.before ?? ''} ${part.lines[0]?.after ?? ''}`}
                lines={part.lines}
              />
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}

const signs = { same: '', removed: '−', added: '+' } as const;
const words = { same: undefined, removed: 'config.removed_line', added: 'config.added_line' } as const;

function Unified({ lines }: { lines: readonly DiffLine[] }) {
  const partners = useMemo(() => {
    const found = new Map<DiffLine, DiffLine>();
    for (const [before, after] of besides(lines)) {
      if (before === null || after === null || before === after) continue;
      found.set(before, after);
      found.set(after, before);
    }
    return found;
  }, [lines]);
  return lines.map((line) => (
    <tr key={`${line.before ?? ''} ${line.after ?? ''}`} className={`diff-${line.kind}`}>
      <td className="diff-number">{line.before}</td>
      <td className="diff-number">{line.after}</td>
      <td className="diff-sign">
        <Sign kind={line.kind} />
      </td>
      <td className="diff-text">
        <Marked line={line} other={partners.get(line) ?? null} />
      </td>
    </tr>
  ));
}

function Side({
  line,
  other,
  number,
}: {
  line: DiffLine | null;
  other: DiffLine | null;
  number: number | null;
}) {
  const kind = line === null ? 'nothing' : line.kind;
  return (
    <>
      <td className={`diff-number diff-${kind}`}>{number}</td>
      <td className={`diff-sign diff-${kind}`}>{line === null ? null : <Sign kind={line.kind} />}</td>
      <td className={`diff-text diff-${kind}`}>
        {line === null ? null : <Marked line={line} other={other} />}
      </td>
    </>
  );
}

function Sign({ kind }: { kind: DiffLine['kind'] }) {
  const { t } = useTranslation();
  const word = words[kind];
  if (word === undefined) return null;
  return (
    <>
      <span aria-hidden>{signs[kind]}</span>
      <span className="sr-only">{t(word)}</span>
    </>
  );
}

/** Only what was changed within a line is marked; a line with no partner is new or gone as a whole. */
function Marked({ line, other }: { line: DiffLine; other: DiffLine | null }): ReactNode {
  if (line.kind === 'same' || other === null) return line.text;
  const span = changedSpan(line.text, other.text);
  if (span === null) return line.text;
  return (
    <>
      {line.text.slice(0, span.from)}
      <span className="diff-mark">{line.text.slice(span.from, span.to)}</span>
      {line.text.slice(span.to)}
    </>
  );
}
