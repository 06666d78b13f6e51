/** The atlas as it is needed here: shapes of countries, each with a name. The file's own type would be its content. */
declare module 'world-atlas/countries-110m.json' {
  import type { feature } from 'topojson-client';
  type Topology = Parameters<typeof feature>[0];
  type Shapes = Extract<Topology['objects'][string], { type: 'GeometryCollection' }>;
  const atlas: Topology & { objects: { countries: Shapes } };
  export default atlas;
}
