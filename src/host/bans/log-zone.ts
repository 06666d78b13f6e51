/** From the log's local clock to UTC, line by line: also across the hour that a clock repeats in autumn. */
import { localTime } from './log-clock.ts';

/** Turns stamps read as UTC into ms UTC; to be given them in the order of the file. */
export type Zone = (wallMs: number) => number;

const hour = 3_600_000;
const farthest = 14 * hour;
/** Lines of different threads are a little out of order. */
const backwards = 60_000;

/**
 * `offset` was measured at the newest line (see `measureOffset`), null when it could not be. When it is what this
 * machine's zone says of that moment, the daemon lives in this zone, and each line is read by its rules: those of
 * summer for a line of summer. Else all of the file is shifted alike.
 */
export function zoneOf(given: { offset: number; wallMs: number } | null): Zone {
  // A file that was copied or touched later tells nothing.
  const measured = given !== null && Math.abs(given.offset) <= farthest ? given : null;
  const here = measured === null || localTime(measured.wallMs) - measured.wallMs === measured.offset;
  const again = measured !== null && localTime(measured.wallMs) + hour - measured.wallMs === measured.offset;
  if (measured !== null && !here && !(again && isRepeated(measured.wallMs))) {
    const { offset } = measured;
    return (wallMs) => wallMs + offset;
  }
  let newest = 0;
  return (wallMs) => {
    const first = localTime(wallMs);
    // The same hour again: the clock was set back, the lines go on.
    const at = first < newest - backwards && isRepeated(wallMs) ? first + hour : first;
    newest = Math.max(newest, at);
    return at;
  };
}

/** This machine's clock shows that time twice, an hour apart. */
function isRepeated(wallMs: number): boolean {
  const first = localTime(wallMs);
  const shift = (at: number): number => new Date(at).getTimezoneOffset();
  return shift(first + hour) - shift(first) === 60;
}
