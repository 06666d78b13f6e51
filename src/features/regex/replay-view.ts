/** What a replay found, with where each address is from and whether it is one of ours. */
import { parseAddress } from '../../base/address.ts';
import type { EndpointOutput } from '../../base/endpoint.ts';
import type { ReplayResult } from '../../host/regex/replay-lines.ts';
import type { Locate } from '../../platform/geo/place.ts';
import type { OwnReason } from './own-users.ts';
import type { readReplay } from './replay-contract.ts';
import { catastrophe } from './test-lines.ts';

export type ReplayView = EndpointOutput<typeof readReplay>;
type Result = NonNullable<ReplayView['result']>;
type Rows = ReplayResult['added'];

interface ViewDeps {
  locate: Locate;
  reasons: ReadonlyMap<string, OwnReason>;
  /** As the trial has them. */
  expressions: readonly string[];
  /** ms; null: all lines were asked for. */
  askedFrom: number | null;
  notes: readonly string[];
}

export function resultView(found: ReplayResult, deps: ViewDeps): Result {
  const { locate, reasons, expressions } = deps;
  const view = (rows: Rows, ignored = false): Result['added'] => ({
    total: rows.total,
    items: rows.items.map((row) => {
      const { country, asn, asName } = locate(row.ip);
      return {
        ip: row.ip,
        lines: row.lines,
        bans: row.bans,
        banned_at: instantOf(row.at),
        before_at: instantOf(row.before),
        country,
        asn: asn === 0 ? null : asn,
        as_name: asName,
        own: ignored ? 'ignored' : (reasons.get(parseAddress(row.ip) ?? '') ?? null),
      };
    }),
  });
  return {
    lines: found.lines,
    from: instantOf(found.from),
    to: instantOf(found.to),
    asked_from: deps.askedFrom === null ? null : new Date(deps.askedFrom).toISOString(),
    reaches: instantOf(found.reaches),
    matched: { ...found.matched, new: found.new, no_more: found.no_more },
    expressions: found.expressions.map((one, index) => ({
      regex: expressions[index] ?? one.text,
      hits: found.hits[index] ?? 0,
      catastrophic: catastrophe(one),
    })),
    bans: found.bans,
    bucket_seconds: found.bucket_seconds,
    points: found.points.map(({ at, now, trial }) => ({
      at: new Date(at * 1000).toISOString(),
      now,
      trial,
    })),
    added: view(found.added),
    lost: view(found.lost),
    earlier: {
      ...view(found.earlier),
      median_minutes: found.earlier_median === null ? null : found.earlier_median / 60,
    },
    later: found.later,
    ignored: view(found.ignored, true),
    own: view(found.own),
    network_off: !found.network,
    notes: [...deps.notes, ...limitsOf(found)],
  };
}

function limitsOf(found: ReplayResult): string[] {
  const { undated, names, broken, problems, growth, lines, outside } = found;
  const number = (count: number) => count.toLocaleString('en');
  return [
    lines === 0 ? 'There was no line to read.' : null,
    lines > 0 && lines === outside ? 'No line is of the time asked for.' : null,
    undated > 0
      ? `${number(undated)} lines have no date that fail2ban can read, and none before them has.`
      : null,
    names > 0 ? `${number(names)} matches name a host, not an address; names are not looked up here.` : null,
    broken.length > 0 ? `${broken.length} of the files could not be read to the end.` : null,
    ungrown('in force', growth.now),
    ungrown('of the trial', growth.trial),
    ...Object.values(problems),
    ...found.expressions.map((one) => one.problem),
  ].filter((one) => one !== null);
}

const ungrown = (side: string, why: string | null): string | null =>
  why === null
    ? null
    : `Bans ${side} are counted without getting longer: bantime.formula, factor or multipliers ${why}.`;

const instantOf = (seconds: number | null): string | null => {
  const at = seconds === null ? null : new Date(seconds * 1000);
  return at === null || Number.isNaN(at.getTime()) ? null : at.toISOString();
};
