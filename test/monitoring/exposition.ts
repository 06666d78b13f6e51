/** Reads Prometheus' text format. */

export interface Scrape {
  /** Names of metrics with their kind, whether they have values or not. */
  kinds: ReadonlyMap<string, string>;
  /** Label names seen, by metric. */
  labels: ReadonlyMap<string, ReadonlySet<string>>;
  /** Value of a series, written as in the text: `name{a="b"}`; null when it is not there. */
  value(series: string): number | null;
  /** Every series of a metric. */
  series(name: string): string[];
}

export function readScrape(text: string): Scrape {
  const kinds = new Map<string, string>();
  const labels = new Map<string, Set<string>>();
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, name, kind] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name !== undefined && kind !== undefined) kinds.set(name, kind);
    if (line === '' || line.startsWith('#')) continue;
    const space = line.lastIndexOf(' ');
    const series = line.slice(0, space);
    values.set(series, Number(line.slice(space + 1)));
    const metric = metricOf(series, kinds);
    const seen = labels.get(metric) ?? new Set();
    for (const [, label = ''] of series.matchAll(/[{,](\w+)="/g)) seen.add(label);
    labels.set(metric, seen);
  }
  return {
    kinds,
    labels,
    value: (series) => values.get(series) ?? null,
    series: (name) => [...values.keys()].filter((series) => series === name || series.startsWith(`${name}{`)),
  };
}

/** A histogram's series have other names than the histogram. */
export function metricOf(series: string, kinds: ReadonlyMap<string, string>): string {
  const name = series.split('{', 1)[0] ?? '';
  const base = name.replace(/_(?:bucket|sum|count)$/, '');
  return kinds.get(base) === 'histogram' ? base : name;
}
