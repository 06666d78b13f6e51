/** Why a ban happened: its lines, what matched them, the settings of its time, and what would have prevented it. */
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { parseAddress } from '../../base/address.ts';
import { formatDuration, parseDuration } from '../../base/duration.ts';
import type { EndpointOutput } from '../../base/endpoint.ts';
import { notFound } from '../../base/errors.ts';
import type { Host } from '../../host/host.ts';
import type { JailPlaces } from '../../host/config/locate.ts';
import type { MatchAnswer, RegexEngine } from '../../host/regex/match-lines.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Locate } from '../../platform/geo/place.ts';
import type { whyBanned } from './contract.ts';
import { durationWords } from './duration-words.ts';
import type { IgnoreLists } from './ignored.ts';
import { prevention } from './prevention.ts';
import { settingsAt } from './settings-record.ts';
import { settingsOf, type JailSettings } from './settings-shape.ts';

export type Why = EndpointOutput<typeof whyBanned>;

export interface WhyDeps {
  db: Kysely<Database>;
  host: Host;
  engine: RegexEngine;
  /** Reads where a jail's settings are written now. */
  places: (jail: string) => Promise<JailPlaces>;
  ignoreLists: IgnoreLists;
  locate: Locate;
}

const lineList = z.array(z.string());
/** Lines of one second can be written, and read, a little after the ban's own time. */
const slackMs = 60_000;

/** Throws 404 for an event that is no ban, or not known. */
export async function explainBan(deps: WhyDeps, id: number): Promise<Why> {
  const { db, host, ignoreLists, locate } = deps;
  const event = await db
    .selectFrom('history')
    .selectAll()
    .where('id', '=', id)
    .where('host_id', '=', host.id)
    .where('action', '=', 'ban')
    .executeTakeFirst();
  if (event === undefined) throw notFound('There is no ban of this number in the history.');
  const stored = await db.selectFrom('history_lines').select('lines').where('id', '=', id).executeTakeFirst();
  const lines = stored === undefined ? [] : lineList.parse(JSON.parse(stored.lines));
  const { jail, at, origin } = event;

  const recorded = await settingsAt(db, { hostId: host.id, jail, at });
  const settings = recorded?.settings ?? (await settingsNow(host, jail));
  const places = await deps.places(jail);
  const tested = await test(deps, { lines, at, settings, origin, actor: event.actor, jail });
  const matched =
    tested.answer === null ? null : describe(tested.answer, settings?.filter.expressions ?? [], places);
  const told = lines.map((text, index) => ({
    text,
    ...(matched?.lines[index] ?? { at: null, address: null, expression: null }),
  }));
  const times = told.map((line) => line.at);
  const dated = times.filter((time) => time !== null);

  const address = parseAddress(event.ip);
  const range = parseAddress(locate(event.ip).range ?? '');
  const ignored = (await ignoreLists.all()).get(jail) ?? [];
  return {
    jail,
    at: new Date(at).toISOString(),
    lines: told.map((line) => ({ ...line, at: line.at === null ? null : instant(line.at) })),
    expressions: matched?.expressions ?? [],
    settings: {
      recorded_at: recorded === null ? null : new Date(recorded.since).toISOString(),
      ...written(settings, places),
    },
    within_seconds: dated.length === 0 ? null : Math.round(Math.max(...dated) - Math.min(...dated)),
    duration: durationWords({ ...event, count: event.ban_count }, settings),
    // Nothing stops an operator's own act.
    prevention:
      origin === 'own'
        ? prevention({ jail, address, range, ignored, settings, failures: event.failures, times })
        : [],
    limit: tested.limit,
  };
}

const instant = (seconds: number): string => new Date(Math.round(seconds * 1000)).toISOString();

/** Null when fail2ban does not answer, or does not run the jail. */
async function settingsNow(host: Host, name: string): Promise<JailSettings | null> {
  const { state, jails } = host.status();
  const jail = jails.find((one) => one.name === name);
  if (state !== 'online' || jail === undefined) return null;
  return await host.rulesOf(jail.name).then(settingsOf, () => null);
}

interface TestQuestion {
  lines: readonly string[];
  at: number;
  settings: JailSettings | null;
  origin: string;
  actor: string | null;
  jail: string;
}

async function test(
  { engine, host }: WhyDeps,
  { lines, at, settings, origin, actor, jail }: TestQuestion,
): Promise<{ answer: MatchAnswer | null; limit: string | null }> {
  const none = (limit: string) => ({ answer: null, limit });
  if (origin === 'manual') return none(`Made by hand by ${actor ?? 'somebody'}: no line of a log led to it.`);
  if (origin === 'blocklist') return none('It stood on a blocklist: no line of a log led to it.');
  if (lines.length === 0) return none('fail2ban kept no lines of this ban.');
  if (settings === null) {
    return host.status().state === 'online'
      ? none(`fail2ban does not run the jail ${jail} any more, and how it was set then was not recorded.`)
      : none('fail2ban does not answer, and how the jail was set then was not recorded.');
  }
  const outcome = await engine.matchLines({ ...settings.filter, lines, at: at + slackMs });
  if (outcome.kind !== 'answered') return none(outcome.sentence);
  const { expressions, lines: told } = outcome.answer;
  const slow = expressions.some((one) => one.slow) || told.some((one) => one.state !== 'tested');
  return {
    answer: outcome.answer,
    limit: slow ? 'The filter needs so much time on these lines that not all of it could be tried.' : null,
  };
}

/** Of all expressions only those that matched a line, in the order of the filter. */
function describe(answer: MatchAnswer, given: readonly string[], places: JailPlaces) {
  // fail2ban takes the first that matches.
  const taken = answer.lines.map((line) => line.matches.toSorted((a, b) => a.expression - b.expression)[0]);
  const numbers = [...new Set(taken.flatMap((match) => match?.expression ?? []))].toSorted((a, b) => a - b);
  return {
    expressions: numbers.map((number) => {
      const place = places.expression(given[number] ?? '');
      return {
        regex: place?.text ?? answer.expressions[number]?.text ?? '',
        file: place?.file ?? null,
        line: place?.line ?? null,
        lines: taken.filter((match) => match?.expression === number).length,
      };
    }),
    lines: answer.lines.map((line, index) => {
      const match = taken[index];
      return {
        at: line.at,
        address: match?.address ?? null,
        expression: match === undefined ? null : numbers.indexOf(match.expression),
      };
    }),
  };
}

/** A value is written where the files say the same as fail2ban; else it was set otherwise. */
function written(settings: JailSettings | null, places: JailPlaces): Omit<Why['settings'], 'recorded_at'> {
  const filter = places.setting('filter');
  const origin = (key: string, same: (text: string) => boolean) => {
    const place = places.setting(key);
    const here = place !== null && same(place.value) ? place : null;
    return { file: here?.file ?? null, line: here?.line ?? null };
  };
  const time = (key: 'findtime' | 'bantime', seconds: number) => ({
    value: formatDuration(seconds),
    ...origin(key, (text) => parseDuration(text) === seconds),
  });
  return {
    maxretry:
      settings === null
        ? null
        : {
            value: String(settings.maxretry),
            ...origin('maxretry', (text) => Number(text) === settings.maxretry),
          },
    findtime: settings === null ? null : time('findtime', settings.findtime),
    bantime: settings === null ? null : time('bantime', settings.bantime),
    filter: filter === null ? null : { value: filter.value, file: filter.file, line: filter.line },
  };
}
