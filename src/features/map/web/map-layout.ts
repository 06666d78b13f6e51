/** Where countries, dots and counts stand in the frame, in pixels of the unzoomed map. */
import type { CountryRow } from './country-rows.ts';
import type { Land, World } from './world.ts';
import type { Zoom } from './zoom.ts';

export interface Fit {
  /** Pixels per unit of the world. */
  base: number;
  left: number;
  top: number;
}

/** The whole world in the frame, in the middle. */
export function fitWorld(world: World, frame: { width: number; height: number }): Fit {
  const base = Math.min(frame.width / world.width, frame.height / world.height);
  return {
    base,
    left: (frame.width - world.width * base) / 2,
    top: (frame.height - world.height * base) / 2,
  };
}

export interface Spot {
  x: number;
  y: number;
  /** Half the size of the country's largest part; 0 for a dot. */
  halfWidth: number;
  halfHeight: number;
}

/** Smaller ones are dots. */
const leastSize = 8;
const labels = 5;

export interface MapPlaces {
  /** By code, in pixels of the frame as it is zoomed. */
  spots: ReadonlyMap<string, Spot>;
  /** Countries with bans that are too small to be seen. */
  dots: ReadonlySet<string>;
  /** Codes of the largest countries whose shape has room for the count. */
  labelled: ReadonlySet<string>;
}

/** `rows`: countries, the most bans first. `show` writes a count. */
export function placeCountries(
  { world, rows, fit, zoom }: { world: World; rows: readonly CountryRow[]; fit: Fit; zoom: Zoom },
  show: (count: number) => string,
): MapPlaces {
  const scale = fit.base * zoom.scale;
  const spots = new Map<string, Spot>();
  const place = (x: number, y: number): { x: number; y: number } => ({
    x: zoom.x + zoom.scale * (fit.left + x * fit.base),
    y: zoom.y + zoom.scale * (fit.top + y * fit.base),
  });
  for (const land of world.lands) {
    if (land.code === null) continue;
    spots.set(land.code, {
      ...place(land.x, land.y),
      halfWidth: (land.width * scale) / 2,
      halfHeight: (land.height * scale) / 2,
    });
  }
  for (const { code, x, y } of world.dots) spots.set(code, { ...place(x, y), halfWidth: 0, halfHeight: 0 });

  const dots = new Set<string>();
  const labelled = new Set<string>();
  for (const { code, bans } of rows) {
    const spot = spots.get(code);
    if (spot === undefined || bans === 0) continue;
    if (Math.max(spot.halfWidth, spot.halfHeight) * 2 < leastSize) dots.add(code);
    const wanted = show(bans).length * 7 + 10;
    const fits = spot.halfWidth * 2 > wanted * 1.5 && spot.halfHeight * 2 > 24;
    if (fits && labelled.size < labels) labelled.add(code);
  }
  return { spots, dots, labelled };
}

export const landOf = (world: World, code: string | null | undefined): Land | undefined =>
  code === null || code === undefined ? undefined : world.lands.find((land) => land.code === code);
