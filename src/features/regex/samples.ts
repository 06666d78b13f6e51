/** The sample lines of a filter, read from the tests that ship with fail2ban's package. */
import type { EndpointOutput } from '../../base/endpoint.ts';
import { notFound } from '../../base/errors.ts';
import { isFilterName, type FilterReader } from '../../host/regex/read-filters.ts';
import type { readSamples } from './contract.ts';
import { filterOf, unavailable } from './lab-jails.ts';
import { filterText } from './lab-view.ts';

/** Throws 404 for a filter without samples. */
export async function samplesOf(
  reader: FilterReader,
  name: string,
): Promise<EndpointOutput<typeof readSamples>> {
  const none = notFound(`No samples of ${name} ship with this fail2ban.`);
  if (!isFilterName(name)) throw none;
  const told = await reader.read({ samples: name });
  if (told.kind !== 'answered') throw unavailable(told);
  const groups = told.answer.samples?.value ?? [];
  if (groups.length === 0) throw none;
  const asked = groups.map(({ options }) => ({ name, options }));
  const filters = await reader.read({ filters: asked });
  if (filters.kind !== 'answered') throw unavailable(filters);
  const items = groups.map((group, index) => {
    const filter = filters.answer.filters[index]?.value ?? null;
    return {
      options: group.options,
      text: filter === null ? null : filterText(filterOf(filter)),
      lines: group.lines.map(({ text, match, host, description }) => ({
        text: group.before + text,
        match,
        host: host ?? null,
        description: description ?? null,
      })),
    };
  });
  return { items, next_cursor: null, total: items.length };
}
