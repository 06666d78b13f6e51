/** Where the tooltip of a country hangs: inside the map, beside the country, on a short straight leader. */

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

interface TipPlace {
  left: number;
  top: number;
  /** Ends of the leader: on the country, and on the edge of the tooltip. */
  leader: { x1: number; y1: number; x2: number; y2: number };
}

interface TipInput {
  /** A point on the country. */
  at: { x: number; y: number };
  /** What must stay uncovered. */
  country: Box;
  tip: { width: number; height: number };
  frame: { width: number; height: number };
}

const distance = 28;
const margin = 4;

/** Below, above, right, left: the first where it fits without covering the country; else where it covers least. */
export function placeTip({ at, country, tip, frame }: TipInput): TipPlace {
  const clampX = (left: number): number => clamp(left, margin, frame.width - tip.width - margin);
  const clampY = (top: number): number => clamp(top, margin, frame.height - tip.height - margin);
  const middleX = clampX(at.x - tip.width * 0.35);
  const middleY = clampY(at.y - tip.height / 2);
  const below = Math.max(country.bottom + 8, at.y + distance);
  const above = Math.min(country.top - 8, at.y - distance) - tip.height;
  const right = Math.max(country.right + 8, at.x + distance);
  const left = Math.min(country.left - 8, at.x - distance) - tip.width;
  const candidates = [
    { left: middleX, top: clampY(below), side: 'top' },
    { left: middleX, top: clampY(above), side: 'bottom' },
    { left: clampX(right), top: middleY, side: 'left' },
    { left: clampX(left), top: middleY, side: 'right' },
  ] as const;
  const covered = candidates.map((place) => ({ place, area: overlap(boxOf(place, tip), country) }));
  const best = covered.reduce((least, next) => (next.area < least.area ? next : least));
  const box = boxOf(best.place, tip);
  return { left: box.left, top: box.top, leader: leaderTo(at, box, best.place.side) };
}

function leaderTo(at: { x: number; y: number }, box: Box, side: 'top' | 'bottom' | 'left' | 'right') {
  const x = clamp(at.x, box.left, box.right);
  const y = clamp(at.y, box.top, box.bottom);
  if (side === 'top') return { x1: at.x, y1: at.y, x2: x, y2: box.top };
  if (side === 'bottom') return { x1: at.x, y1: at.y, x2: x, y2: box.bottom };
  return { x1: at.x, y1: at.y, x2: side === 'left' ? box.left : box.right, y2: y };
}

const clamp = (value: number, least: number, most: number): number =>
  Math.max(least, Math.min(Math.max(least, most), value));

const boxOf = (place: { left: number; top: number }, tip: { width: number; height: number }): Box => ({
  left: place.left,
  top: place.top,
  right: place.left + tip.width,
  bottom: place.top + tip.height,
});

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}
