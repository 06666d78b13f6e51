/** What of the blocklists is shown, as it stands in the URL. */
import { oneOf, textOf } from '../../../ui/url-state.ts';

export const tabs = ['sources', 'runs', 'allowed', 'feed'] as const;
export type Tab = (typeof tabs)[number];

export const runStates = [
  'queued',
  'running',
  'completed',
  'unchanged',
  'held',
  'failed',
  'aborted',
] as const;

export interface BlocklistsView {
  /** Absent = the sources. */
  tab?: Exclude<Tab, 'sources'>;
  /** The chosen source; among the runs: only its own. */
  source?: string;
  /** The run that is looked at. */
  run?: string;
  /** Among the runs: only those that ended so. */
  state?: (typeof runStates)[number];
}

export function readBlocklistsView(search: Record<string, unknown>): BlocklistsView {
  const tab = oneOf(['runs', 'allowed', 'feed'] as const, search['tab']);
  const source = idOf(search['source']);
  const run = idOf(search['run']);
  const state = oneOf(runStates, search['state']);
  return {
    ...(tab === undefined ? {} : { tab }),
    ...(source === undefined ? {} : { source }),
    ...(run === undefined ? {} : { run }),
    ...(state === undefined ? {} : { state }),
  };
}

function idOf(value: unknown): string | undefined {
  const text = textOf(value, 15);
  return text !== undefined && /^[1-9]\d*$/.test(text) ? text : undefined;
}
