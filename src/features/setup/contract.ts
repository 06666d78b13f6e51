/** The first start: choose the password, once. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';

export const readSetup = endpoint({
  method: 'GET',
  path: '/api/v1/setup',
  summary: 'Whether set-up is done; before that, what was found',
  tag: 'setup',
  access: 'anyone',
  output: z.object({
    completed: z.boolean(),
    /** Set-up from another machine asks for the code printed in the log. Null once completed. */
    code_required: z.boolean().nullable(),
    /** What BanGUI found, shown before the first sign-in only. */
    found: z
      .object({
        state: z.string(),
        reason: z.string().nullable(),
        remedy: z.string().nullable(),
        version: z.string().nullable(),
        jails: z.number().int(),
        banned_now: z.number().int(),
        practice: z.boolean(),
      })
      .nullable(),
  }),
  status: 200,
});

export const completeSetup = endpoint({
  method: 'POST',
  path: '/api/v1/setup',
  summary: 'Choose the password; works once',
  tag: 'setup',
  access: 'anyone',
  body: z.object({
    password: z.string().min(12).max(128),
    timezone: z.string().min(1).max(64).optional(),
    session_duration_minutes: z.number().int().min(5).max(43_200).optional(),
    code: z.string().max(32).optional(),
  }),
  output: z.object({ completed: z.literal(true) }),
  status: 201,
});
