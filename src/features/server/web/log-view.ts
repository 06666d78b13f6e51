/** What of fail2ban's log is shown, as it stands in the URL: the names are those of the API. */
import { oneOf, textOf } from '../../../ui/url-state.ts';

/** The most severe first. */
export const levels = ['CRITICAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'] as const;

export interface LogView {
  filter?: string;
  /** The least severity. */
  level?: (typeof levels)[number];
  jail?: string;
  rotated?: 'true';
  /** Where there is no room for both, fail2ban's side stands instead of the entries. */
  show?: 'server';
}

/** Unknown names and values vanish. */
export function readLogView(search: Record<string, unknown>): LogView {
  const filter = textOf(search['filter'], 200);
  const level = oneOf(levels, search['level']);
  const jail = textOf(search['jail'], 200);
  return {
    ...(filter === undefined ? {} : { filter }),
    ...(level === undefined ? {} : { level }),
    ...(jail === undefined ? {} : { jail }),
    ...(search['rotated'] === 'true' ? { rotated: 'true' } : {}),
    ...(search['show'] === 'server' ? { show: 'server' } : {}),
  };
}

export function without(view: LogView, name: keyof LogView): LogView {
  const { [name]: _, ...rest } = view;
  return rest;
}
