/** The endpoint of geo data. */
import type { Geo } from '../../platform/geo/geo.ts';
import type { Mount } from '../../platform/http/mount.ts';
import { geoData } from './contract.ts';

export function geoRoutes({ mount, geo }: { mount: Mount; geo: Pick<Geo, 'dates' | 'ready'> }): void {
  mount(geoData, async () => {
    await geo.ready;
    return {
      items: geo.dates().map(({ date, ...data }) => ({
        ...data,
        date: date === null ? null : new Date(date).toISOString(),
      })),
    };
  });
}
