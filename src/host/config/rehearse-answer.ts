/** What `rehearse.py` answers. */
import { z } from 'zod';

const text = z.string();

const found = z.object({
  code: text,
  message: text,
  severity: z.enum(['error', 'warning']).default('error'),
  jail: text.nullish(),
  option: text.nullish(),
  /** What it is about: `jail`, `filter.d/sshd`, `action.d/nftables`, `fail2ban`. */
  subject: text.nullish(),
  section: text.nullish(),
  /** Of the jail. */
  filter: text.nullish(),
  file: text.nullish(),
  line: z.number().int().nullish(),
  /** What stands in the line, or in the value, that is wrong. */
  needle: text.nullish(),
  /** What was written, and what could have been meant. */
  near: z.tuple([text, z.array(text)]).nullish(),
});
export type Found = z.output<typeof found>;

const setValue = z.object({ option: text, value: text, subject: text });
export type SetValue = z.output<typeof setValue>;

const jail = z.object({
  enabled: z.boolean(),
  broken: z.boolean(),
  /** Of all its commands; null when fail2ban cannot make them. */
  key: text.nullable(),
  /** Of those that make its actions. */
  actions: text.nullable(),
  values: z.array(setValue),
  logs: z.array(z.object({ line: text, path: text })),
  /** Its filter's and actions'. */
  files: z.array(text),
});

const examined = z.object({
  findings: z.array(found),
  jails: z.record(text, jail),
  server: z.array(setValue),
  /** Files that fail2ban cannot read as they are. */
  faulty: z.array(text),
});
export type Examined = z.output<typeof examined>;

const names = z.array(text);

export const answer = z.object({
  before: examined,
  after: examined,
  known: z.object({ jail: names, filter: names, action: names, server: names }),
});
export type Known = z.output<typeof answer>['known'];
