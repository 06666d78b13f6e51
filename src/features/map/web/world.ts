/** The world as it is drawn: shapes of countries on a plane 1000 wide, each with the place of its count. */
import { geoNaturalEarth1, geoPath, type GeoPath } from 'd3-geo';
import type { Feature, Geometry, Position } from 'geojson';
import { feature } from 'topojson-client';
import atlas from 'world-atlas/countries-110m.json';
import { codesById, codesByName, smallPlaces } from './country-codes.ts';

export interface Land {
  /** Two letters; null for land that no code stands for. */
  code: string | null;
  /** For keys: the name in the atlas. */
  name: string;
  path: string;
  /** Middle and size of its largest part. */
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface World {
  width: number;
  height: number;
  lands: Land[];
  /** Countries that have no shape here. */
  dots: { code: string; x: number; y: number }[];
}

const width = 1000;
/** Turned a little, so that the Bering Strait is the edge and Russia one piece. */
const turn = -11;
const antarctica = '010';

/** Takes some 20 ms: once a page. */
export function readWorld(): World {
  const countries = feature(atlas, atlas.objects.countries).features.filter(({ id }) => id !== antarctica);
  const projection = geoNaturalEarth1()
    .rotate([turn, 0])
    .fitWidth(width, { type: 'FeatureCollection', features: countries });
  const path = geoPath(projection);
  const height = path.bounds({ type: 'FeatureCollection', features: countries })[1][1];
  return {
    width,
    height,
    lands: countries.map((country) => readLand(country, path)),
    dots: smallPlaces.flatMap(({ code, longitude, latitude }) => {
      const point = projection([longitude, latitude]);
      return point === null ? [] : [{ code, x: point[0], y: point[1] }];
    }),
  };
}

function readLand(country: Feature<Geometry, { name?: string } | null>, path: GeoPath): Land {
  const name = country.properties?.name ?? String(country.id);
  const main = mainPart(country.geometry, path);
  const [x, y] = path.centroid(main);
  const [[left, top], [right, bottom]] = path.bounds(main);
  return {
    code: codesById.get(String(country.id)) ?? codesByName.get(name) ?? null,
    name,
    path: path(country) ?? '',
    x,
    y,
    width: right - left,
    height: bottom - top,
  };
}

/** Of many islands the largest: a count belongs on land. */
function mainPart(geometry: Geometry, path: GeoPath): Geometry {
  if (geometry.type !== 'MultiPolygon') return geometry;
  let best: Geometry = geometry;
  let most = -1;
  for (const coordinates of geometry.coordinates) {
    const part: Geometry & { coordinates: Position[][] } = { type: 'Polygon', coordinates };
    const area = path.area(part);
    if (area <= most) continue;
    most = area;
    best = part;
  }
  return best;
}
