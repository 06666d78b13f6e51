/** The configuration as fail2ban reads it: every jail's values, where each is set, and what is wrong. */
import type { Readers, ReadersAnswer, ToldJail } from './ask-readers.ts';
import type { Finding } from './change.ts';
import { listConfigFiles, type FolderStamp } from './config-folder.ts';
import { findProblems, type KnownNames } from './find-problems.ts';
import { keepEntries, type KnownEntries } from './keep-entries.ts';
import { placeJail, type PlacedJail } from './place-jail.ts';
import { readLayersOf, type Layers, type PlacedValue } from './place-values.ts';

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

/** What the last reading was made of: what is the same again is not made again. */
interface Before {
  entries: KnownEntries;
  jailLayers: Layers | undefined;
  filters: ReadonlyMap<string, Layers>;
  told: ReadonlyMap<string, ToldJail>;
  placed: ReadonlyMap<string, PlacedJail>;
}

/** `stamp` is of before the reading. Never throws for what the files hold. */
export function createEffective({
  configDir,
  readers,
}: ReadDeps): (stamp: FolderStamp) => Promise<ConfigReading> {
  let before: Before = {
    entries: new Map(),
    jailLayers: undefined,
    filters: new Map(),
    told: new Map(),
    placed: new Map(),
  };
  return async (stamp) => {
    // Another reading may end while this one is at work: it builds on what it began with.
    const { entries, jailLayers, filters, told, placed } = before;
    const outcome = await readers.ask({ configDir, jails: { known: [...told.keys()] }, paths: [] });
    if (outcome.kind === 'failed') {
      return { ...nothing, layers: await readLayersOf(configDir, []), failure: outcome.sentence };
    }
    const { answer } = outcome;
    const { root } = answer;
    const files = keepEntries(root, stamp, entries);
    const layers = await readLayersOf(root, answer.files, { read: files.read, before: jailLayers });
    const filterLayers = new Map(
      await Promise.all(
        Object.entries(answer.definitions)
          .filter(([name]) => name.startsWith('filter.d/'))
          .map(async ([name, paths]): Promise<[string, Layers]> => [
            name,
            await readLayersOf(root, paths, { read: files.read, before: filters.get(name) }),
          ]),
      ),
    );
    const toldNow = new Map(
      answer.jails.map((one) => [one.digest, one.told ?? told.get(one.digest) ?? unknown()]),
    );
    const placedNow = new Map(
      [...toldNow.values()].map((one) => {
        const sources = {
          own: layers.section(one.name),
          defaults: layers.section('DEFAULT'),
          ofFilter: filterLayers.get(`filter.d/${one.filter?.name ?? ''}`),
        };
        return [one.name, placeJail(one, sources, placed.get(one.name))];
      }),
    );
    before = {
      entries: files.kept,
      jailLayers: layers,
      filters: filterLayers,
      told: toldNow,
      placed: placedNow,
    };
    return await readingOf(configDir, answer, layers, [...placedNow.values()]);
  };
}

const unknown = (): never => {
  throw new Error('fail2ban’s readers took a jail for known that is not');
};

async function readingOf(
  configDir: string,
  answer: ReadersAnswer,
  layers: Layers,
  placed: readonly PlacedJail[],
): Promise<ConfigReading> {
  const names = placed.every(({ told }) => told.problem === null) ? noNames : await namesOf(configDir);
  const shipped = new Set(
    layers.entries.filter((one) => one.file.endsWith('.conf')).map((one) => one.section),
  );
  const findings = findProblems({ answer, layers, names, jails: placed });
  const jails = placed.map(({ told, values, ownOptions, value }): ReadJail => ({
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
