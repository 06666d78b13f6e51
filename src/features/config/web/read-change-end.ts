/** How a change ended, out of the problem that answers one which was not applied. */
import type { Problem } from '../../../ui/problem.ts';
import type { ChangeEnd, Check, Finding, Step } from './config-query.ts';

type Loose = Readonly<Record<string, unknown>>;

/** Null when the problem is about something else, e.g. a server that is not there. */
export function readChangeEnd({ body }: Problem): ChangeEnd | null {
  const result = results.find((known) => known === body['result']);
  if (result === undefined) return null;
  return {
    result,
    revision: numberOf(body, 'revision'),
    steps: listOf(body['steps']).flatMap(readStep),
    findings: listOf(body['findings']).map(readFinding),
    jails: textsOf(body['jails']),
    etag: textOrNull(body, 'etag'),
  };
}

/** The options that run code, as the demand for the password names them. */
export const readCommands = ({ body }: Problem): Check['commands'] =>
  listOf(body['commands']).map((entry) => ({
    line: numberOf(entry, 'line') ?? 0,
    section: textOrNull(entry, 'section') ?? '',
    option: textOrNull(entry, 'option') ?? '',
  }));

const results = ['applied', 'unchanged', 'stale', 'refused', 'put_back', 'broken'] as const;
export const stepNames = ['compare', 'read', 'rehearse', 'write', 'reload', 'look', 'put_back'] as const;
const outcomes = ['running', 'done', 'failed', 'not_reached'] as const;

function readStep(entry: Loose): Step[] {
  const name = stepNames.find((known) => known === entry['name']);
  const outcome = outcomes.find((known) => known === entry['outcome']);
  if (name === undefined || outcome === undefined) return [];
  return [{ name, outcome, ms: numberOf(entry, 'ms'), detail: textOrNull(entry, 'detail') ?? '' }];
}

const readFinding = (entry: Loose): Finding => ({
  severity: entry['severity'] === 'warning' ? 'warning' : 'error',
  code: textOrNull(entry, 'code') ?? '',
  message: textOrNull(entry, 'message') ?? '',
  jail: textOrNull(entry, 'jail'),
  option: textOrNull(entry, 'option'),
  file: textOrNull(entry, 'file'),
  line: numberOf(entry, 'line'),
  suggestion: textOrNull(entry, 'suggestion'),
});

const listOf = (value: unknown): Loose[] =>
  Array.isArray(value)
    ? value.flatMap((entry: unknown) => (typeof entry === 'object' && entry !== null ? [{ ...entry }] : []))
    : [];

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];

function textOrNull(of: Loose, name: string): string | null {
  const value = of[name];
  return typeof value === 'string' ? value : null;
}

function numberOf(of: Loose, name: string): number | null {
  const value = of[name];
  return typeof value === 'number' ? value : null;
}
