/** Whether an event of the live stream belongs to the list that is on show. */
import { contains, parseAddress } from '../../../base/address.ts';
import type { HeardEvent } from './heard-event.ts';
import type { HistoryView } from './history-view.ts';
import type { HistoryNews } from './live-history.ts';

/** `maybe`: the stream does not tell enough. */
export type Belongs = 'yes' | 'no' | 'maybe';

export function belongs(view: HistoryView, event: HeardEvent): Belongs {
  const answers = [
    view.to !== undefined && event.at >= Date.parse(view.to) ? 'no' : 'yes',
    view.from !== undefined && event.at < Date.parse(view.from) ? 'no' : 'yes',
    view.action === undefined || view.action === event.action ? 'yes' : 'no',
    view.jail === undefined || view.jail === event.jail ? 'yes' : 'no',
    view.ip === undefined ? 'yes' : within(view.ip, event.ip),
    equal(view.origin, event.origin),
    turnable(view.country, event.country),
    turnable(view.asn, event.asn === null ? null : String(event.asn)),
    // the lines that led to it are not in the stream
    view.text === undefined ? 'yes' : 'maybe',
  ] as const;
  if (answers.includes('no')) return 'no';
  return answers.includes('maybe') ? 'maybe' : 'yes';
}

/** What came after event number `seen` and belongs to the view; `open` = there may be more than that. */
export function newsFor(
  news: HistoryNews,
  seen: number,
  view: HistoryView,
): { count: number; open: boolean; expected: HeardEvent[] } {
  const expected: HeardEvent[] = [];
  let count = 0;
  let open = false;
  for (const { no, event, many } of news.heard) {
    if (no <= seen) continue;
    const answer = event === null ? 'maybe' : belongs(view, event);
    if (answer === 'maybe') open = true;
    if (event === null && isWhole(view)) count += many;
    if (event === null || answer !== 'yes') continue;
    count += 1;
    expected.push(event);
  }
  return { count, open, expected };
}

/** Nothing narrows the list: everything new belongs to it. */
const isWhole = (view: HistoryView): boolean =>
  Object.entries(view).every(
    ([name, value]) => name === 'row' || name === 'range' || name === 'from' || value === undefined,
  );

function within(network: string, ip: string): Belongs {
  const [outer, inner] = [parseAddress(network), parseAddress(ip)];
  if (outer === null || inner === null) return 'maybe';
  return contains(outer, inner) ? 'yes' : 'no';
}

function equal(wanted: string | undefined, found: string | null): Belongs {
  if (wanted === undefined) return 'yes';
  if (found === null) return 'maybe';
  return wanted === found ? 'yes' : 'no';
}

function turnable(wanted: string | undefined, found: string | null): Belongs {
  if (wanted === undefined || !wanted.startsWith('!')) return equal(wanted, found);
  const answer = equal(wanted.slice(1), found);
  return answer === 'maybe' ? answer : answer === 'yes' ? 'no' : 'yes';
}
