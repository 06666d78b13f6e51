/** A filter or an action, merged, as its form shows it. */
import type { EndpointOutput } from '../../base/endpoint.ts';
import { notFound } from '../../base/errors.ts';
import type { DefinedOption } from '../../host/config/definitions.ts';
import type { ConfigReading } from '../../host/config/effective.ts';
import type { readDefinition } from './effective-contract.ts';
import { valueView } from './effective.ts';
import { byActivity, readersMissing, type ReadingDeps } from './reading-deps.ts';

interface Asked {
  kind: 'filter' | 'action';
  name: string;
}

/** Throws 404 where there is no such filter or action, or where it is written in Python. */
export async function readMerged(
  deps: ReadingDeps,
  { kind, name }: Asked,
): Promise<EndpointOutput<typeof readDefinition>> {
  const outcome = await deps.reader.definition(kind, name);
  if (outcome.kind === 'failure') throw readersMissing(outcome.sentence);
  if (outcome.kind === 'missing') throw notFound(`There is no such ${kind}.`);
  const { files, options, findings } = outcome.definition;
  const reading = await deps.reader.read();
  const isParameter = (one: DefinedOption): boolean => one.section === 'Init';
  return {
    kind,
    name,
    files: [...files],
    used_by: byActivity(reading, deps)(jailsWith(reading, { kind, name })),
    options: options.filter((one) => !isParameter(one)).map(optionView),
    parameters: options.filter(isParameter).map(optionView),
    findings: [...findings],
  };
}

const jailsWith = ({ jails }: ConfigReading, { kind, name }: Asked): string[] =>
  jails
    .filter((jail) => (kind === 'filter' ? jail.filter === name : jail.actions.includes(name)))
    .map((jail) => jail.name);

const optionView = (one: DefinedOption) => ({
  ...valueView(one),
  section: one.section,
  lines: [...one.lines],
});
