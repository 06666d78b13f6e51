/** Gives the pieces of a list to what takes its entries, in the way its format asks for. */
import { createEntry } from '../../../base/address-set/scan-entry.ts';
import { findField, type Column, type Field } from './csv-field.ts';
import { createJsonFeed } from './json-feed.ts';
import { isComment, readStart, readWhole, type ReadEntry } from './judge-entry.ts';
import { createLineFeed, type Feed } from './line-feed.ts';
import type { Plan } from './recognise.ts';
import type { EntryTaker } from './take-entries.ts';

type Taker = Pick<EntryTaker, 'take' | 'refuse'>;

/** How an entry is read where a list of this format may have one. */
export const entryReader = (plan: Plan): ReadEntry => (plan.kind === 'lines' ? readStart : readWhole);

export function createFeed(plan: Plan, taker: Taker): Feed {
  switch (plan.kind) {
    case 'json':
      return createJsonFeed(plan.member, {
        text: (bytes, end) => taker.take({ bytes, start: 0, end, line: null }),
      });
    case 'csv':
      return createLines(taker, columnTaker(plan.column, taker));
    case 'lines':
      return createLines(taker, (bytes, place) => taker.take({ bytes, ...place }));
    default:
      return plan satisfies never;
  }
}

interface LinePlace extends Field {
  line: number;
}

function createLines(taker: Taker, take: (bytes: Buffer, place: LinePlace) => void): Feed {
  let line = 0;
  return createLineFeed({
    line(bytes, start, end) {
      line += 1;
      if (!isComment(bytes, start, end)) take(bytes, { start, end, line });
    },
    tooLong(beginning) {
      line += 1;
      taker.refuse({ bytes: beginning, start: 0, end: beginning.length, line });
    },
  });
}

/** The first line may be headings: no entry there is nothing wrong. */
function columnTaker(column: Column, taker: Taker): (bytes: Buffer, place: LinePlace) => void {
  const entry = createEntry();
  let isFirst = true;
  return (bytes, { start, end, line }) => {
    const field = { start, end };
    const found = findField(bytes, field, column);
    const isHeading = isFirst && !(found && readWhole(bytes, field.start, field.end, entry));
    isFirst = false;
    if (isHeading) return;
    if (found) taker.take({ bytes, ...field, line });
    else taker.refuse({ bytes, start, end, line });
  };
}
