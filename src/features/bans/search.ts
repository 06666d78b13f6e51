/** What an operator typed into the search box, as a condition on the bans. */
import { sql, type ExpressionBuilder, type ExpressionWrapper, type SqlBool } from 'kysely';
import {
  addressKey,
  family,
  networkBounds,
  parseAddress,
  prefixLength,
  type Address,
} from '../../base/address.ts';
import { invalidInput } from '../../base/errors.ts';
import type { Database } from '../../platform/db/schema.ts';

type Build = ExpressionBuilder<Database, 'active_bans'>;

/**
 * A network finds what lies inside; a whole address finds itself, networks that hold it, and longer spellings that
 * begin with it; other text finds addresses it is a part of. Throws 422 for control characters.
 */
export function matching(search: string): (eb: Build) => ExpressionWrapper<Database, 'active_bans', SqlBool> {
  const text = search.trim();
  if (/\p{Cc}/u.test(text)) {
    throw invalidInput('A search cannot hold control characters.', [
      { field: 'query.search', message: 'Holds a control character' },
    ]);
  }
  const address = parseAddress(text);
  if (address !== null && address.includes('/')) return inside(address);
  const pattern = `%${(address ?? text).toLowerCase().replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  const part = sql<SqlBool>`lower(ip) LIKE ${pattern} ESCAPE '\\'`;
  if (address === null) return (eb) => eb.and([part]);
  const holders = networksAround(address);
  return (eb) => eb.or([part, eb('ip_key', 'in', holders)]);
}

function inside(network: Address): (eb: Build) => ExpressionWrapper<Database, 'active_bans', SqlBool> {
  const { first, last } = networkBounds(network);
  // keys of networks inside are their first address and a suffix; a wider network that begins here is left out
  const itself = addressKey(network);
  return (eb) =>
    eb.and([
      eb('ip_key', '>=', first),
      eb('ip_key', '<=', last),
      eb.or([eb('ip_key', 'not like', `${first}/%`), eb('ip_key', '>=', itself)]),
    ]);
}

function networksAround(address: Address): string[] {
  const keys: string[] = [];
  for (let length = prefixLength(address) - 1; length >= 0; length--) {
    const network = parseAddress(`${address}/${length}`);
    if (network !== null && family(network) === family(address)) keys.push(addressKey(network));
  }
  return keys;
}
