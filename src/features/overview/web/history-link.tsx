/** A link to the rows of the history that make a figure: same range, same origin, and what the figure is of. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { rangeOf, type DashboardView } from './dashboard-view.ts';

interface HistoryLinkProps {
  view: DashboardView;
  /** Filters named as in the API. */
  only?: { jail?: string; country?: string; asn?: string };
  className?: string;
  children: ReactNode;
}

export function HistoryLink({ view, only = {}, className, children }: HistoryLinkProps) {
  const search = { ...only, ...(view.origin === undefined ? {} : { origin: view.origin }), ...rangeOf(view) };
  return (
    <Link to="/history" search={search} {...(className === undefined ? {} : { className })}>
      {children}
    </Link>
  );
}
