/** Bans of addresses in one country, or in all others. */
import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from 'kysely';
import { invalidInput } from '../../base/errors.ts';
import type { Database } from '../../platform/db/schema.ts';

type Build = ExpressionBuilder<Database, 'active_bans'>;

/** Throws 422 for text that no country can be. */
export function inCountry(text: string): (eb: Build) => ExpressionWrapper<Database, 'active_bans', SqlBool> {
  const [, not, name = ''] = /^(!?)([a-z]{2}|private|reserved|unknown)$/i.exec(text) ?? [];
  if (name === '') {
    throw invalidInput('A country is asked for by its two letters, or by private, reserved or unknown.', [
      { field: 'query.country', message: 'Not a country' },
    ]);
  }
  const country = name.length === 2 ? name.toUpperCase() : name.toLowerCase();
  return (eb) => eb('country', not === '' ? '=' : '!=', country);
}
