/** The log's clock: its stamps are local text without a zone, so the zone is measured, not assumed. */

const quarterHour = 15 * 60_000;

/**
 * What to add to a stamp read as UTC, ms. The file was last written when its newest line was stamped; zones are
 * multiples of a quarter of an hour, which leaves out the small delay between stamp and write.
 */
export function measureOffset(newestWallMs: number, fileWrittenAt: number): number {
  const offset = Math.round((fileWrittenAt - newestWallMs) / quarterHour) * quarterHour;
  return offset === 0 ? 0 : offset;
}

const stamp = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d),(\d{3}) /;

/** The stamp of any line of the log, read as UTC; null for continuation lines. */
export function readStamp(text: string): number | null {
  const [, date, time, fraction] = stamp.exec(text) ?? [];
  if (date === undefined) return null;
  const wall = Date.parse(`${date}T${time}.${fraction}Z`);
  return Number.isNaN(wall) ? null : wall;
}

/** That time of day on this machine's calendar, ms UTC; the first of two where its clock shows it twice. */
export function localTime(wallMs: number): number {
  const wall = new Date(wallMs);
  return new Date(
    wall.getUTCFullYear(),
    wall.getUTCMonth(),
    wall.getUTCDate(),
    wall.getUTCHours(),
    wall.getUTCMinutes(),
    wall.getUTCSeconds(),
    wall.getUTCMilliseconds(),
  ).getTime();
}
