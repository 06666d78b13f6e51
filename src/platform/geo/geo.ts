/** Country, network and city of addresses, from files on this machine only: those that come with BanGUI, or your own. */
import type { Log } from '../../base/log.ts';
import { bundledCountries, bundledNetworksDate, loadBundledNetworks } from './bundled.ts';
import { checkMmdb } from './check-mmdb.ts';
import { locateFrom, type SharedGeo } from './locate.ts';
import { openMmdb } from './mmdb.ts';
import type { Locate } from './place.ts';
import { readShared } from './read-shared.ts';
import { cityIn, countryIn, networkIn } from './record-fields.ts';
import { watchFile, type WatchedFile } from './watch-file.ts';

export type GeoKind = 'country' | 'network' | 'city';

/** Your own `.mmdb` files; null = the data that comes with BanGUI, and no cities. */
export type GeoFiles = Readonly<Record<GeoKind, string | null>>;

export interface GeoData {
  kind: GeoKind;
  /** When it was made, ms; null when nothing could be loaded. */
  date: number | null;
  /** False for your own files. */
  bundled: boolean;
  /** As the file names itself. */
  type: string;
}

export interface Geo {
  /** Before `ready`, what is not loaded yet is unknown. Never throws. */
  locate: Locate;
  /** Once everything is loaded as far as it can be: 20 ms, or a second when the networks have to be compiled. */
  ready: Promise<void>;
  /** For another thread, which answers with `locateFrom`. Send it anew after each change. */
  share(): SharedGeo;
  dates(): GeoData[];
  /** Calls back when other data took the place of what answered before. Answers the way to stop that. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

interface GeoDeps {
  files: GeoFiles;
  log: Log;
  /** How often your files are looked at, ms; other than this in tests only. */
  everyMs?: number;
  cacheFolder?: string;
}

const readers = { country: countryIn, network: networkIn, city: cityIn };
const wanted = { country: 'countries', network: 'networks', city: 'cities' };
const kinds: readonly GeoKind[] = ['country', 'network', 'city'];

interface Loaded extends Omit<GeoData, 'kind'> {
  data: SharedArrayBuffer;
  form: 'mmdb' | 'table';
}

/** Never throws, and never keeps anything from starting: whatever cannot be loaded is unknown, and the log says why. */
export function openGeo({ files, log, everyMs = 1_000, cacheFolder }: GeoDeps): Geo {
  const loaded = new Map<GeoKind, Loaded>();
  const listeners = new Set<() => void>();
  const closing = new AbortController();
  let current: Locate = locateFrom({ country: null, network: null, city: null });
  let started = false;

  function share(): SharedGeo {
    const network = loaded.get('network');
    return {
      country: loaded.get('country')?.data ?? null,
      network: network === undefined ? null : { form: network.form, data: network.data },
      city: loaded.get('city')?.data ?? null,
    };
  }

  function put(kind: GeoKind, one: Loaded): void {
    loaded.set(kind, one);
    current = locateFrom(
      share(),
      once((error) => log.warn('geo_data_damaged', { error })),
    );
    const { bundled, type } = one;
    const date = one.date === null ? null : new Date(one.date).toISOString();
    log.info('geo_data_loaded', { kind, type, date, bundled });
    if (!started) return;
    for (const listener of listeners) listener();
  }

  /** A file may be good for one thing and not for another. */
  function takeFile(kind: GeoKind, path: string, data: SharedArrayBuffer): void {
    try {
      put(kind, mmdbOf(kind, data, false));
    } catch (error) {
      log.warn('geo_file_refused', { kind, path, kept: loaded.has(kind), error });
    }
  }

  function watch(path: string, of: readonly GeoKind[]): WatchedFile {
    return watchFile({
      path,
      everyMs,
      onMissing: () =>
        log.warn('geo_file_missing', { kinds: of, path, kept: of.every((kind) => loaded.has(kind)) }),
      async onFile() {
        try {
          const data = await readShared(path);
          for (const kind of of) takeFile(kind, path, data);
        } catch (error) {
          log.warn('geo_file_unreadable', {
            kinds: of,
            path,
            kept: of.every((kind) => loaded.has(kind)),
            error,
          });
        }
      },
    });
  }

  async function bundle(kind: 'country' | 'network', load: () => Promise<Loaded>): Promise<void> {
    if (loaded.has(kind)) return;
    try {
      const one = await load();
      // the operator's own file was faster
      if (!loaded.has(kind) && !closing.signal.aborted) put(kind, one);
    } catch (error) {
      if (!closing.signal.aborted) log.error('geo_data_failed', { kind, error });
    }
  }

  const byPath = Map.groupBy(
    kinds.filter((kind) => files[kind] !== null),
    (kind) => files[kind] ?? '',
  );
  const watched = [...byPath].map(([path, of]) => watch(path, of));

  async function start(): Promise<void> {
    await Promise.all(watched.map((one) => one.first));
    const { signal } = closing;
    const cache = cacheFolder === undefined ? {} : { cacheFolder };
    await bundle('country', async () => mmdbOf('country', await readShared(bundledCountries), true));
    await bundle('network', async () => ({
      data: await loadBundledNetworks({ log, signal, ...cache }),
      form: 'table',
      date: bundledNetworksDate,
      bundled: true,
      type: 'RouteViews, NRO, DB-IP',
    }));
    started = true;
  }
  const ready = start();

  return {
    locate: (ip) => current(ip),
    ready,
    share,
    dates: () =>
      kinds.flatMap((kind) => {
        const one = loaded.get(kind);
        if (one !== undefined) return [{ kind, date: one.date, bundled: one.bundled, type: one.type }];
        return kind === 'city' && files.city === null ? [] : [{ kind, date: null, bundled: false, type: '' }];
      }),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      closing.abort();
      listeners.clear();
      await Promise.all(watched.map((one) => one.close()));
      await ready;
    },
  };
}

/** Throws an Error with a sentence when it cannot be used for this. */
function mmdbOf(kind: GeoKind, data: SharedArrayBuffer, bundled: boolean): Loaded {
  const file = openMmdb<unknown>(data, readers[kind]);
  if (!bundled) checkMmdb(file, wanted[kind]);
  return { data, form: 'mmdb', date: file.date, bundled, type: file.type };
}

/** A damaged file would fill the log. */
function once<T>(act: (value: T) => void): (value: T) => void {
  let done = false;
  return (value) => {
    if (done) return;
    done = true;
    act(value);
  };
}
