/** The fields of database records, whoever made the file: MaxMind, DB-IP, IPinfo, IP2Location, ip-location-db. */

/** Two-letter code in upper case, or null. MaxMind, DB-IP: `country.iso_code`; others `country_code` or `country`. */
export function countryIn(record: unknown): string | null {
  for (const code of [
    at(record, 'country', 'iso_code'),
    at(record, 'country_code'),
    at(record, 'country'),
    // where the range is registered, for ranges that are used in no country in particular
    at(record, 'registered_country', 'iso_code'),
  ]) {
    const text = typeof code === 'string' ? code.toUpperCase() : '';
    // ZZ and XX stand for "unknown" in the lists of registries
    if (/^[A-Z]{2}$/.test(text) && text !== 'ZZ' && text !== 'XX') return text;
  }
  return null;
}

export interface NetworkFields {
  asn: number;
  name: string | null;
}

/** MaxMind, DB-IP, ip-location-db: `autonomous_system_number`; IPinfo: `asn` as `AS64496`. */
export function networkIn(record: unknown): NetworkFields | null {
  const asn = numberOf(
    at(record, 'autonomous_system_number') ?? at(record, 'asn') ?? at(record, 'as', 'number'),
  );
  if (asn === null) return null;
  const name =
    at(record, 'autonomous_system_organization') ??
    at(record, 'as_name') ??
    at(record, 'as', 'name') ??
    at(record, 'name') ??
    at(record, 'org');
  return { asn, name: typeof name === 'string' ? cleanName(name) : null };
}

/** MaxMind, DB-IP: `city.names.en`; others `city`. */
export function cityIn(record: unknown): string | null {
  const city = at(record, 'city', 'names', 'en') ?? at(record, 'city');
  return typeof city === 'string' ? cleanName(city) : null;
}

const longestName = 200;

/** Control characters, spaces of every kind, soft hyphens, and signs that turn the direction of writing. */
const blanks = /[\p{Cc}\p{Z}\u00ad\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** One line of plain text; null when nothing is left. */
export function cleanName(text: string): string | null {
  const clean = text.replaceAll(blanks, ' ').trim().slice(0, longestName);
  return clean === '' ? null : clean;
}

const largestAsn = 0xffff_ffff;

function numberOf(value: unknown): number | null {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  const digits = /^(?:AS)?(\d{1,10})$/i.exec(text)?.[1];
  const asn = Number(digits ?? 0);
  return asn > 0 && asn <= largestAsn ? asn : null;
}

function at(record: unknown, ...path: readonly string[]): unknown {
  let value = record;
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
  }
  return value;
}
