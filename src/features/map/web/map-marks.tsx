/** What keeps its size while the map is zoomed: dots of small countries, and counts on the largest. */
import { formatCount } from '../../../ui/numbers.ts';
import type { CountryRow } from './country-rows.ts';
import type { MapOption } from './map-lands.tsx';
import type { MapPlaces } from './map-layout.ts';

interface MapMarksProps {
  places: MapPlaces;
  options: ReadonlyMap<string, MapOption>;
  /** Countries with bans. */
  rows: readonly CountryRow[];
  chosen: string | undefined;
  /** Under the pointer or the keys. */
  shown: string | null;
}

export function MapMarks({ places, options, rows, chosen, shown }: MapMarksProps) {
  return rows.map(({ code, bans }) => {
    const spot = places.spots.get(code);
    const option = options.get(code);
    if (spot === undefined || option === undefined) return null;
    if (places.labelled.has(code)) {
      // its tooltip has the count, and hangs where it would stand
      if (code === shown) return null;
      return (
        <text
          key={code}
          className={`map-count map-count-${option.step}`}
          x={spot.x}
          y={spot.y + 4}
          textAnchor="middle"
          aria-hidden
        >
          {formatCount(bans)}
        </text>
      );
    }
    if (!places.dots.has(code)) return null;
    const marked = code === chosen || code === shown;
    return (
      <circle
        key={code}
        className={`map-dot step-${option.step} ${marked ? 'map-dot-marked' : ''}`}
        cx={spot.x}
        cy={spot.y}
        r={marked ? 4 : 3}
        data-code={code}
        role="option"
        id={option.id}
        aria-label={option.label}
        aria-selected={code === chosen}
        aria-posinset={option.place}
        aria-setsize={options.size}
      />
    );
  });
}
