/** Reads what makes a jail take a line for a failure, and what lengthens its bans. Reading verbs only. */
import type { JailFilter, JailIncrease, JailRules } from '../host.ts';
import { asList, asSeconds, asText, asTextOrNull, asTexts, asWholeNumber } from './parse-value.ts';
import type { PickleValue } from './pickle-value.ts';

/** Answers one setting of the jail. */
type Get = (name: string) => Promise<PickleValue>;

export async function readRules(get: Get): Promise<JailRules> {
  return {
    maxRetry: asWholeNumber(await get('maxretry')),
    findSeconds: asSeconds(await get('findtime')),
    banSeconds: asSeconds(await get('bantime')),
    increase: await readIncrease(get),
    filter: await readFilter(get),
  };
}

async function readFilter(get: Get): Promise<JailFilter> {
  return {
    expressions: asTexts(await get('failregex')),
    ignore: asTexts(await get('ignoreregex')),
    prefix: emptyAsNull(await get('prefregex')),
    datePattern: readDatePattern(await get('datepattern')),
    maxLines: asWholeNumber(await get('maxlines')),
    timeZone: emptyAsNull(await get('logtimezone')),
  };
}

async function readIncrease(get: Get): Promise<JailIncrease | null> {
  if ((await get('bantime.increment')) !== true) return null;
  return {
    factor: asPlain(await get('bantime.factor')),
    formula: asPlain(await get('bantime.formula')),
    multipliers: asPlain(await get('bantime.multipliers')),
    maxTime: asPlain(await get('bantime.maxtime')),
    randomTime: asPlain(await get('bantime.rndtime')),
    overallJails: (await get('bantime.overalljails')) === true,
  };
}

const emptyAsNull = (value: PickleValue): string | null => asTextOrNull(value) || null;

/** `(pattern, how it reads)`; no pattern for the default detectors, None for a journal. */
function readDatePattern(value: PickleValue): string | null {
  return value === null ? null : asTextOrNull(asList(value)[0] ?? null);
}

/** fail2ban keeps some of these as written and some as numbers. */
function asPlain(value: PickleValue): string | null {
  if (value === null || value === '') return null;
  return typeof value === 'number' ? String(value) : asText(value);
}
