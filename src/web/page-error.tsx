/** A page that could not be shown, and an address with no page. */
import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { problemOf } from '../ui/problem.ts';
import { ProblemNote } from '../ui/problem-note.tsx';

export function PageError({ error }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();
  const problem = problemOf(error);
  const again = <Button onClick={() => void router.invalidate()}>{t('ui.try_now')}</Button>;
  return (
    <main className="lonely">
      <h1 className="title">BanGUI</h1>
      <ProblemNote
        problem={problem}
        title={problem.status === 0 && problem.code !== 'page_error' ? '' : t('ui.page_failed')}
        acts={again}
      />
    </main>
  );
}

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <main className="lonely">
      <h1 className="sr-only">{t('ui.not_found')}</h1>
      <EmptyState
        kind="nothing-matches"
        title={t('ui.not_found')}
        act={
          <Link to="/" className="button button-outline">
            {t('ui.to_overview')}
          </Link>
        }
      >
        {t('ui.not_found_text', { path: location.pathname })}
      </EmptyState>
    </main>
  );
}
