/** A problem in words: what happened, what to do, and the code to copy. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyButton } from './copy-button.tsx';
import { Note } from './note.tsx';
import type { Problem } from './problem.ts';

interface ProblemNoteProps {
  problem: Problem;
  /** What did not work, as a short sentence. */
  title: string;
  acts?: ReactNode;
}

export function ProblemNote({ problem, title, acts }: ProblemNoteProps) {
  const { t } = useTranslation();
  const code = problem.correlationId === null ? problem.code : `${problem.code} ${problem.correlationId}`;
  return (
    <Note kind="bad" announce acts={acts}>
      <strong>{title}</strong> {problemText(t, problem)}
      {problem.fields.map((field) => (
        <div key={field.field}>
          <span className="mono">{field.field}</span> {field.message}
        </div>
      ))}
      {problem.remedy === null ? null : (
        <div>
          {t('ui.to_do')} <span className="mono">{problem.remedy}</span>
        </div>
      )}
      <div className="code-line">
        <span className="mono quiet">{code}</span>
        <CopyButton text={code} what={t('ui.code')} />
      </div>
    </Note>
  );
}

/** The server's sentence, or our own when nobody sent one. */
export function problemText(t: (key: 'ui.no_answer' | 'ui.no_sentence') => string, problem: Problem): string {
  if (problem.message !== '') return problem.message;
  return problem.status === 0 ? t('ui.no_answer') : t('ui.no_sentence');
}
