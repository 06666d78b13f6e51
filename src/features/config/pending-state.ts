/** How far a change has come, and what it does to the daemon, as one text in its row. */
import { z } from 'zod';
import { stepNames, type StepName } from '../../host/config/change.ts';
import type { Plan } from '../../host/config/journal.ts';
import type { JailName } from '../../host/host.ts';
import { parseJailName } from '../../host/jail-name.ts';

interface PendingState {
  at: StepName;
  plan: Plan | null;
}

const names = z.array(z.string()).transform((texts) =>
  texts.flatMap((text): JailName[] => {
    const name = parseJailName(text);
    return name === null ? [] : [name];
  }),
);

const shape = z.object({
  at: z.enum(stepNames),
  plan: z
    .object({
      starts: names,
      reloads: names,
      restarts: names,
      stops: names,
      running: names.nullable(),
      whole: z.boolean(),
    })
    .nullable(),
});

export const writeState = (state: PendingState): string => JSON.stringify(state);

export const readState = (text: string): PendingState => shape.parse(JSON.parse(text));
