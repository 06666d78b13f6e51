/** Settings as they stand in environment variables, or in the files those name. */
import { readFileSync } from 'node:fs';
import { nearestName } from './base/nearest-name.ts';
import type { Reading, Setting } from './setting.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Null when not set. An empty variable counts as not set, but for lists, where it empties the list. */
export function readText(setting: Setting<unknown>, environment: Environment): Reading<string> | null {
  const given = environment[setting.name];
  const file = setting.secret ? environment[`${setting.name}_FILE`] : undefined;
  if (given !== undefined && given !== '' && file)
    return { problem: `is set twice: also as ${setting.name}_FILE` };
  if (file) {
    try {
      return { value: readFileSync(file, 'utf8').trim() };
    } catch (error) {
      return {
        problem: `cannot be read from the file in ${setting.name}_FILE: ${error instanceof Error ? error.message : String(error)}`,
      };
    }
  }
  if (given === undefined || (given === '' && !Array.isArray(setting.fallback))) return null;
  return { value: given.trim() };
}

/** A sentence for each `BANGUI_` name that is none of `settings`. */
export function unknownNames(environment: Environment, settings: readonly Setting<unknown>[]): string[] {
  const known = settings.flatMap(({ name, secret: isSecret }) =>
    isSecret ? [name, `${name}_FILE`] : [name],
  );
  return Object.keys(environment)
    .filter((name) => name.startsWith('BANGUI_') && !known.includes(name))
    .map(
      (name) => `${name} is not a setting and has no effect. The nearest one is ${nearestName(name, known)}.`,
    );
}
