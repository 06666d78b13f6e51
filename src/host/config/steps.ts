/** The steps of one change as they happen, each told as it begins and ends. */
import { stepNames, type Step, type StepName } from './change.ts';

/** `revision` is null until the change has one. */
export type OnStep = (step: Step, revision: number | null) => void;

export interface Steps {
  begin(name: StepName): void;
  /** Ends the step under way. */
  done(detail: string): void;
  failed(detail: string): void;
  /** From here on the steps belong to this revision. */
  number(revision: number): void;
  /** All of them in order; putting back only where it was done. */
  list(): Step[];
}

export function createSteps(onStep: OnStep): Steps {
  const taken = new Map<StepName, Step>();
  let revision: number | null = null;
  let current: { name: StepName; at: number } | null = null;
  const end = (outcome: 'done' | 'failed', detail: string): void => {
    if (current === null) return;
    const { name, at } = current;
    const step: Step = { name, outcome, ms: Math.round(performance.now() - at), detail };
    taken.set(name, step);
    current = null;
    onStep(step, revision);
  };
  return {
    begin(name) {
      current = { name, at: performance.now() };
      const step: Step = { name, outcome: 'running', ms: null, detail: '' };
      taken.set(name, step);
      onStep(step, revision);
    },
    done: (detail) => end('done', detail),
    failed: (detail) => end('failed', detail),
    number: (given) => void (revision = given),
    list: () =>
      stepNames.flatMap((name) => {
        const step = taken.get(name);
        if (step !== undefined) return [step];
        return name === 'put_back' ? [] : [{ name, outcome: 'not_reached' as const, ms: null, detail: '' }];
      }),
  };
}
