/** The jails that match, in the order asked for. */
import type { Jail } from './jails-query.ts';
import type { JailsView } from './jails-view.ts';

export const usualSort = '-banned';

/** Equal ones stand by name, so that rows do not jump while figures change. */
export function sortJails(jails: readonly Jail[], { search, sort: asked }: JailsView): Jail[] {
  const sort = asked ?? usualSort;
  const text = search?.toLowerCase() ?? '';
  const down = sort.startsWith('-');
  const compare = comparers[down ? sort.slice(1) : sort] ?? byName;
  return jails
    .filter((jail) => jail.name.toLowerCase().includes(text))
    .toSorted((a, b) => (down ? compare(b, a) : compare(a, b)) || byName(a, b));
}

const byName = (a: Jail, b: Jail): number => a.name.localeCompare(b.name);

const comparers: Readonly<Record<string, (a: Jail, b: Jail) => number>> = {
  name: byName,
  banned: (a, b) => a.currently_banned - b.currently_banned,
  failing: (a, b) => a.currently_failed - b.currently_failed,
  total_banned: (a, b) => a.total_banned - b.total_banned,
  total_failed: (a, b) => a.total_failed - b.total_failed,
};
