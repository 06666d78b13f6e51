/** What of the laboratory is open, as it stands in the URL. */
import { textOf } from '../../../ui/url-state.ts';

export interface LabView {
  jail?: string;
  /** Without a jail: a filter to test only. */
  filter?: string;
  /** A saved trial. */
  trial?: string;
}

export function readLabView(search: Record<string, unknown>): LabView {
  const jail = textOf(search['jail'], 200);
  const filter = textOf(search['filter'], 200);
  const trial = textOf(search['trial'], 15);
  if (trial !== undefined && /^[1-9]\d*$/.test(trial)) return { trial };
  if (jail !== undefined) return { jail };
  return filter === undefined ? {} : { filter };
}
