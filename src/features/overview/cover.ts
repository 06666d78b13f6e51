/** How a stretch of time is put together: whole days and hours from their sums, what is left at its ends from events. */
import type { TimeRange } from '../../base/time-range.ts';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

export interface Sums extends TimeRange {
  /** Length of the sums that lie in it, ms. */
  grain: number;
}

export interface Cover {
  sums: Sums[];
  /** None reaches over the end of an hour or over an edge. */
  events: TimeRange[];
}

/**
 * `edges` rise; nothing of the cover reaches over one of them, so that everything lies between two. `isDay` says of the
 * start of a day UTC whether it has sums of its own.
 */
export function coverOf(edges: readonly number[], isDay: (start: number) => boolean): Cover {
  const cover: Cover = { sums: [], events: [] };
  for (let index = 0; index + 1 < edges.length; index++) {
    const to = edges[index + 1] ?? 0;
    for (let at = edges[index] ?? to; at < to;) {
      const nextHour = (Math.floor(at / hourMs) + 1) * hourMs;
      if (at % dayMs === 0 && at + dayMs <= to && isDay(at)) {
        addSums(cover.sums, at, dayMs);
        at += dayMs;
      } else if (nextHour - at === hourMs && nextHour <= to) {
        addSums(cover.sums, at, hourMs);
        at = nextHour;
      } else {
        const end = Math.min(nextHour, to);
        cover.events.push({ from: at, to: end });
        at = end;
      }
    }
  }
  return cover;
}

/** One after the other is one stretch, over edges too: each row of sums tells its own start. */
function addSums(sums: Sums[], at: number, grain: number): void {
  const last = sums.at(-1);
  if (last !== undefined && last.grain === grain && last.to === at) last.to = at + grain;
  else sums.push({ grain, from: at, to: at + grain });
}
