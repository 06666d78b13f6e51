/** What events about the configuration mean: which step a change is at, and that what was read is old. */
import type { QueryClient } from '@tanstack/react-query';
import type { LiveEvent } from '../../../ui/live.ts';

/** A change that is under way, of whomever. */
export interface LiveChange {
  /** Null while no revision was made of it. */
  revision: number | null;
  path: string;
  /** Outcome by name of the step. */
  steps: Readonly<Record<string, string>>;
}

export const liveChangeKey = ['config-change'] as const;

export function applyToConfig(queryClient: QueryClient, events: readonly LiveEvent[]): void {
  let over = events.some(({ type }) => type === 'resync');
  for (const event of events) {
    const heard = event.type === 'config' ? readStep(event.data) : null;
    if (heard === null) continue;
    queryClient.setQueryData<LiveChange>([...liveChangeKey], (before) => joined(before, heard));
    over ||= isLast(heard);
  }
  if (over) void queryClient.invalidateQueries({ queryKey: ['config'] });
}

interface Heard {
  revision: number | null;
  path: string;
  step: string;
  outcome: string;
}

function readStep(data: unknown): Heard | null {
  if (typeof data !== 'object' || data === null) return null;
  const { revision, path, step, outcome }: Record<string, unknown> = { ...data };
  if (typeof path !== 'string' || typeof step !== 'string' || typeof outcome !== 'string') return null;
  return { revision: typeof revision === 'number' ? revision : null, path, step, outcome };
}

function joined(before: LiveChange | undefined, { revision, path, step, outcome }: Heard): LiveChange {
  const same =
    before !== undefined && before.path === path && before.revision === revision && step !== 'compare';
  const steps = { ...(same ? before.steps : {}), [step]: outcome };
  return { revision, path, steps };
}

/** After it the files, the jails or the list of revisions are not as they were. */
const isLast = ({ step, outcome }: Heard): boolean =>
  outcome !== 'running' && (outcome === 'failed' || step === 'look' || step === 'put_back');
