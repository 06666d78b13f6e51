/** The history as a file, page by page: as slow as its reader, gone with its reader, never as a whole in memory. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { EndpointInput } from '../../base/endpoint.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Call } from '../../platform/http/mount.ts';
import type { exportHistory } from './contract.ts';
import { forms, type Form } from './export-rows.ts';
import { fromThread } from './export-from-thread.ts';
import { namesOf, readSlice, showEvent, type Slice } from './read-event.ts';
import { wantedOf, type Wanted } from './read-filters.ts';
import { planOf, type Plan, type PlanDeps } from './read-plan.ts';

export interface ExportDeps extends PlanDeps {
  /** Of the embedded database, which a thread of the export's own reads; null: a server answers, and this thread writes. */
  path: string | null;
  log: Log;
  now: Clock;
}

type Query = EndpointInput<typeof exportHistory>['query'];

/** Events read, and written, at a time. More would outlive a small young generation. */
const page = 100;
/** Of a log line; fail2ban keeps a handful of them for a ban. */
const longestLine = 20_000;

/** Sends the answer itself. Throws, before anything is sent, what `wantedOf` throws. */
export async function sendExport(deps: ExportDeps, query: Query, { request, reply }: Call): Promise<void> {
  const { format, host: _host, ...filters } = query;
  const wanted = wantedOf(filters);
  const form = forms[format];
  const file =
    deps.path === null
      ? chunks(deps, { plan: await planOf(deps, wanted), wanted, form })
      : fromThread({ path: deps.path, hostId: deps.hostId, query });
  const day = new Date(deps.now()).toISOString().slice(0, 10);
  // Not through Fastify: its compression gathers what should flow.
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    ...headersOf(reply.getHeaders()),
    'content-type': form.type,
    'content-disposition': `attachment; filename="bangui-history-${day}.${format}"`,
    'x-accel-buffering': 'no',
  });
  if (request.method === 'HEAD') return void raw.end();
  try {
    await pipeline(Readable.from(file, { highWaterMark: 1 }), raw);
  } catch (error) {
    // A reader that leaves is its own affair; of an answer cut short by us, nobody must think that it is whole.
    if (!leftEarly(error)) deps.log.error('history_export_failed', { error });
    raw.destroy();
  }
}

interface Exported {
  plan: Plan;
  wanted: Wanted;
  form: Form;
}

/** A page is being read while the one before it is written and sent. */
export async function* chunks(deps: PlanDeps, { plan, wanted, form }: Exported): AsyncGenerator<string> {
  const read = (below: number): Promise<Slice> => {
    const slice = readSlice(deps, { plan, wanted }, { below, most: page });
    // heard where it is waited for; nobody waits when the reader has left
    slice.catch(() => {});
    return slice;
  };
  let first = true;
  let names = new Map<number, string | null>();
  yield form.head;
  for (let coming: Promise<Slice> | null = read(wanted.to); coming !== null;) {
    const { events, next }: Slice = await coming;
    coming = next === null ? null : read(next);
    names = await namesOf(
      deps.db,
      events.map(({ asn }) => asn),
      names,
    );
    let text = '';
    for (const event of events) {
      text += form.row(showEvent(event, names, longestLine), first);
      first = false;
    }
    if (text !== '') yield text;
  }
  yield form.foot;
}

const leftEarly = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ERR_STREAM_PREMATURE_CLOSE' || error.code === 'ECONNRESET' || error.code === 'EPIPE');

function headersOf(headers: Record<string, unknown>): Record<string, string | number | string[]> {
  const kept: Record<string, string | number | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === 'string' || typeof value === 'number') kept[name] = value;
    else if (Array.isArray(value)) kept[name] = value.map(String);
  }
  return kept;
}
