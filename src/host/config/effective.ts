/** The configuration as fail2ban reads it: every jail's values, where each is set, and what is wrong. */
import type { Readers, ReadersAnswer, ToldJail } from './ask-readers.ts';
import type { Finding } from './change.ts';
import { listConfigFiles } from './config-folder.ts';
import { findProblems, type KnownNames } from './find-problems.ts';
import { jailOption, jailOptions } from './jail-options.ts';
import { placed, readLayersOf, type KnownFiles, type Layers, type PlacedValue } from './place-values.ts';

export interface ReadJail {
  name: string;
  enabled: boolean;
  /** It stands in no shipped file. */
  own: boolean;
  /** Names, without parameters; null: none, or not to be told. */
  filter: string | null;
  actions: readonly string[];
  /** What fail2ban knows for jails and has a value, and what else the jail's own section sets. */
  values: readonly PlacedValue[];
  /** What its own section sets, in any file. */
  ownOptions: ReadonlySet<string>;
  findings: readonly Finding[];
  /** Of any option, one that only stands among the defaults too; null: it is nowhere. */
  value(option: string): PlacedValue | null;
}

export interface ConfigReading {
  /** In the order of the files. */
  jails: readonly ReadJail[];
  /** Of everything, jails included. */
  findings: readonly Finding[];
  /** Files of the jails in the order in which they are merged, below the folder. */
  layers: Layers;
  /** Files that a filter or action consists of, includes among them, by `filter.d/sshd`. */
  definitions: ReadonlyMap<string, readonly string[]>;
  /** A sentence when fail2ban's readers could not be asked: then there are no jails here. */
  failure: string | null;
}

export interface ReadDeps {
  configDir: string;
  readers: Readers;
}

/** Never throws for what the files hold. */
export async function readEffective({ configDir, readers }: ReadDeps): Promise<ConfigReading> {
  const outcome = await readers.ask({ configDir, jails: true, paths: [] });
  if (outcome.kind === 'failed') {
    return { ...nothing, layers: await readLayersOf(configDir, []), failure: outcome.sentence };
  }
  const { answer } = outcome;
  const layers = await readLayersOf(answer.root, answer.files);
  const names = answer.jails.every((one) => one.problem === null) ? noNames : await namesOf(configDir);
  const filters = await filterLayers(answer);
  const shipped = new Set(
    layers.entries.filter((one) => one.file.endsWith('.conf')).map((one) => one.section),
  );
  const placedJails = answer.jails.map((told) => {
    const ofFilter = filters.get(`filter.d/${told.filter?.name ?? ''}`);
    return { told, ...valuesOf(told, layers, ofFilter) };
  });
  const findings = findProblems({ answer, layers, names, jails: placedJails });
  const jails = placedJails.map(({ told, values, ownOptions, value }): ReadJail => ({
    name: told.name,
    enabled: told.enabled,
    own: !shipped.has(told.name),
    filter: told.filter?.name ?? null,
    actions: told.actions.flatMap((one) => one.name ?? []),
    values,
    ownOptions,
    findings: findings.filter((one) => one.jail === told.name),
    value,
  }));
  const definitions = new Map(
    Object.entries(answer.definitions).map(([name, files]) => [
      name,
      files.map((file) => file.slice(answer.root.length + 1)),
    ]),
  );
  return { jails, findings, layers, definitions, failure: null };
}

const nothing = { jails: [], findings: [], definitions: new Map<string, readonly string[]>() };

/** Where nothing is missing, nothing that is near it has to be proposed. */
const noNames: KnownNames = { filters: [], actions: [] };

async function namesOf(configDir: string): Promise<KnownNames> {
  const files = await listConfigFiles(configDir, ['filter', 'action']);
  const of = (kind: string): string[] => [
    ...new Set(
      files
        .filter(({ file }) => file.kind === kind)
        .map(({ file }) => file.name.replace(/\.(?:conf|local)$/, '')),
    ),
  ];
  return { filters: of('filter'), actions: of('action') };
}

async function filterLayers({ root, definitions }: ReadersAnswer): Promise<Map<string, Layers>> {
  const filters = Object.entries(definitions).filter(([name]) => name.startsWith('filter.d/'));
  const known: KnownFiles = new Map();
  return new Map(
    await Promise.all(
      filters.map(async ([name, files]): Promise<[string, Layers]> => [
        name,
        await readLayersOf(root, files, known),
      ]),
    ),
  );
}

interface JailValues {
  values: readonly PlacedValue[];
  ownOptions: ReadonlySet<string>;
  value(option: string): PlacedValue | null;
}

function valuesOf(told: ToldJail, layers: Layers, ofFilter: Layers | undefined): JailValues {
  const value = (option: string): PlacedValue | null => {
    const own = layers.chain([told.name, 'DEFAULT'], option);
    const ofFilterToo = jailOption(option)?.ofFilter === true;
    const inherited = ofFilterToo ? (ofFilter?.chain(['Definition', 'DEFAULT'], option) ?? []) : [];
    if (own.length > 0 || Object.hasOwn(told.options, option)) {
      return placed(option, told.options[option] ?? null, [...own, ...inherited]);
    }
    if (!Object.hasOwn(told.fromFilter, option)) return null;
    return placed(option, told.fromFilter[option] ?? null, inherited);
  };
  const ownOptions = new Set(layers.entries.filter((one) => one.section === told.name).map((one) => one.key));
  const options = new Set([...jailOptions.map((one) => one.name), ...ownOptions]);
  return { value, ownOptions, values: [...options].flatMap((option) => value(option) ?? []) };
}
