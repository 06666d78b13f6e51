/** Values as fail2ban reads them: of jails, of filters and of actions, each with where it is set. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';
import { finding, hostQuery } from './contract.ts';

export const place = z.object({ file: z.string(), line: z.number().int() });

const effectiveValue = z.object({
  option: z.string(),
  /** As fail2ban reads it, references replaced; null when it cannot be told. */
  value: z.string().nullable(),
  /** As it stands in the deciding file. */
  written: z.string().nullable(),
  /** Where the deciding line is; null: fail2ban's own default. */
  origin: place.nullable(),
  /** What it overrides, the nearest layer first. */
  overrides: z.array(place.extend({ value: z.string() })),
});

export const effective = endpoint({
  method: 'GET',
  path: '/api/v1/config/effective',
  summary: 'Effective values of jails, where each is set and what it overrides',
  tag: 'configuration',
  access: 'session',
  query: hostQuery.extend({
    jail: z.string().min(1).max(200).optional(),
    option: z.string().min(1).max(200).optional(),
  }),
  output: z.object({
    items: z.array(z.object({ jail: z.string(), enabled: z.boolean(), values: z.array(effectiveValue) })),
    findings: z.array(finding),
    next_cursor: z.null(),
    total: z.number().int(),
  }),
  status: 200,
});

const definedOption = effectiveValue.extend({
  section: z.string(),
  /** Of the deciding place. */
  lines: z.array(z.object({ line: z.number().int(), text: z.string() })),
});

export const readDefinition = endpoint({
  method: 'GET',
  path: '/api/v1/config/definitions/{kind}/{name}',
  summary: 'A filter or action with its files merged: options, where each is set, and parameters',
  tag: 'configuration',
  access: 'session',
  /** Without an ending. */
  params: z.object({ kind: z.enum(['filter', 'action']), name: z.string().min(1).max(200) }),
  query: hostQuery,
  output: z.object({
    kind: z.enum(['filter', 'action']),
    name: z.string(),
    /** Below the configuration's folder, in the order in which they are merged. */
    files: z.array(z.string()),
    used_by: z.array(z.string()),
    options: z.array(definedOption),
    /** What a jail may set in brackets, with its default. */
    parameters: z.array(definedOption),
    findings: z.array(finding),
  }),
  status: 200,
});
