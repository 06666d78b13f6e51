/** Effective values of jails, as the explorer shows them. */
import type { EndpointOutput } from '../../base/endpoint.ts';
import { notFound } from '../../base/errors.ts';
import type { ConfigReading, ReadJail } from '../../host/config/effective.ts';
import type { PlacedValue } from '../../host/config/place-values.ts';
import type { effective } from './effective-contract.ts';

type Effective = EndpointOutput<typeof effective>;

interface Asked {
  jail?: string | undefined;
  option?: string | undefined;
}

/** Throws 404 for a jail that is not configured. An option that is nowhere set has no value in the answer. */
export function effectiveOf(reading: ConfigReading, { jail, option }: Asked): Effective {
  const jails = jail === undefined ? reading.jails : [jailOrThrow(reading, jail)];
  const items = jails.map((one) => ({
    jail: one.name,
    enabled: one.enabled,
    values:
      option === undefined
        ? one.values.map(valueView)
        : [one.value(option.toLowerCase()) ?? []].flat().map(valueView),
  }));
  const findings =
    jail === undefined
      ? reading.findings
      : reading.findings.filter((one) => one.jail === null || one.jail === jail);
  return { items, findings: [...findings], next_cursor: null, total: items.length };
}

export const valueView = ({ option, value, written, origin, overrides }: PlacedValue) => ({
  option,
  value,
  written,
  origin,
  overrides: [...overrides],
});

/** Throws 404. */
export function jailOrThrow(reading: ConfigReading, name: string): ReadJail {
  const jail = reading.jails.find((one) => one.name === name);
  if (jail === undefined) throw notFound('No jail of this name is configured.');
  return jail;
}
