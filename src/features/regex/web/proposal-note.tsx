/** The chosen line whole, and the expression that is proposed for it. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button } from '../../../ui/button.tsx';
import { LogText } from '../../../ui/log-text.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { problemOf } from '../../../ui/problem.ts';
import { problemText } from '../../../ui/problem-note.tsx';
import { proposeQuery, type TestLine } from './lab-query.ts';
import { RegexText } from './regex-text.tsx';

interface ProposalNoteProps {
  line: TestLine;
  /** Others, to try it on. */
  samples: readonly string[];
  prefregex: string | null;
  datepattern: string | null;
  onTake: (regex: string) => void;
  onClose: () => void;
}

export function ProposalNote({ line, samples, prefregex, datepattern, onTake, onClose }: ProposalNoteProps) {
  const { t } = useTranslation();
  const body = { line: line.text, samples: [...samples], prefregex, datepattern };
  const proposal = useQuery(proposeQuery(useCaller(), body));
  const groups = Object.entries(line.groups).filter(([name]) => !/^(?:ip[46]|dns|mlfid|content)$/.test(name));
  return (
    <section className="lab-proposal" aria-label={t('lab.proposal')}>
      <p className="mono">
        <LogText text={line.text} spans={line.host === null ? [] : [line.host]} />
      </p>
      {groups.length === 0 ? null : (
        <p className="small soft">
          {groups.map(([name, value]) => (
            <span key={name} className="lab-group">
              {name} <span className="mono">{value}</span>
            </span>
          ))}
        </p>
      )}
      {proposal.data === undefined ? (
        <p className="small soft" role="status">
          {proposal.error === null ? t('lab.proposing') : problemText(t, problemOf(proposal.error))}
        </p>
      ) : (
        <>
          <p>
            <RegexText text={proposal.data.failregex} />
          </p>
          <p className="small soft">
            {t(proposal.data.matches_line ? 'lab.matches_this' : 'lab.matches_not', {
              n: formatCount(proposal.data.samples.matched),
              of: formatCount(proposal.data.samples.of),
            })}{' '}
            {proposal.data.notes.join(' ')}
          </p>
        </>
      )}
      <div className="lab-proposal-acts">
        <Button
          disabled={proposal.data === undefined}
          onClick={() => proposal.data !== undefined && onTake(proposal.data.failregex)}
        >
          {t('lab.take')}
        </Button>
        <Button kind="ghost" onClick={onClose}>
          {t('ui.close')}
        </Button>
      </div>
    </section>
  );
}
