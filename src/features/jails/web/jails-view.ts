/** What of the jails is shown, as it stands in the URL. */
import { oneOf, textOf } from '../../../ui/url-state.ts';

const sorts = [
  'name',
  '-name',
  'banned',
  'failing',
  '-failing',
  'total_banned',
  '-total_banned',
  'total_failed',
  '-total_failed',
] as const;

export interface JailsView {
  search?: string;
  /** Absent = most banned first. */
  sort?: (typeof sorts)[number];
  /** Those that are off in the configuration too. */
  include?: 'inactive';
  /** The open jail. */
  row?: string;
  /** Whom jails ignore is open instead. */
  ignored?: 'open';
}

export function readJailsView(search: Record<string, unknown>): JailsView {
  const text = textOf(search['search'], 200);
  const sort = oneOf(sorts, search['sort']);
  const row = textOf(search['row'], 200);
  const include = oneOf(['inactive'] as const, search['include']);
  return {
    ...(text === undefined ? {} : { search: text }),
    ...(sort === undefined ? {} : { sort }),
    ...(include === undefined ? {} : { include }),
    ...(row === undefined ? {} : { row }),
    ...(row === undefined && search['ignored'] === 'open' ? { ignored: 'open' } : {}),
  };
}
