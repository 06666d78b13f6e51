/** Which steps the panel shows: as they come, as they ended, or as a check alone found. */
import type { ChangeEnd, Check, Step } from './config-query.ts';
import type { LiveChange } from './live-config.ts';
import { stepNames } from './read-change-end.ts';

interface Moment {
  busy: 'check' | 'apply' | null;
  /** What the stream said of the change that is under way. */
  live: LiveChange | null;
  end: ChangeEnd | null;
  check: Check | null;
}

/** Putting back is only shown when it came to that. */
export function shownSteps({ busy, live, end, check }: Moment): Step[] {
  if (busy === 'apply') return stepNames.flatMap((name) => stepOfStream(name, live));
  if (end !== null && end.steps.length > 0) return end.steps.filter(isOfInterest);
  return stepNames
    .filter((name) => name !== 'put_back')
    .map((name) => (name === 'rehearse' ? rehearsal(busy, check) : blank(name)));
}

const isOfInterest = ({ name, outcome }: Step): boolean => name !== 'put_back' || outcome !== 'not_reached';

const blank = (name: Step['name']): Step => ({ name, outcome: 'not_reached', ms: null, detail: '' });

function stepOfStream(name: Step['name'], live: LiveChange | null): Step[] {
  const heard = live?.steps[name];
  if (heard === undefined && name === 'put_back') return [];
  const outcome = (['running', 'done', 'failed'] as const).find((known) => known === heard) ?? 'not_reached';
  return [{ ...blank(name), outcome }];
}

function rehearsal(busy: Moment['busy'], check: Check | null): Step {
  if (busy === 'check') return { ...blank('rehearse'), outcome: 'running' };
  if (check === null) return blank('rehearse');
  const error = check.findings.find(({ severity }) => severity === 'error');
  return {
    name: 'rehearse',
    outcome: check.ok ? 'done' : 'failed',
    ms: check.ms,
    detail: error?.message ?? '',
  };
}

/** `3 of 6`: the step that failed among those that belong to a change. Null when none did. */
export function stoppedAt(steps: readonly Step[]): { at: number; of: number } | null {
  const at = steps.findIndex(({ outcome }) => outcome === 'failed');
  return at === -1 ? null : { at: at + 1, of: steps.filter(({ name }) => name !== 'put_back').length };
}

/** ms of all of them. */
export const wholeTime = (steps: readonly Step[]): number =>
  steps.reduce((sum, step) => sum + (step.ms ?? 0), 0);
