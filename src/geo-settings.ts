/** The settings of your own country, network and city files. */
import { text, type Setting } from './setting.ts';

const bundled = 'comes with BanGUI';

export const geoSettings = {
  geoipCountryDb: text({
    name: 'GEOIP_COUNTRY_DB',
    fallback: null,
    shownDefault: bundled,
    sentence:
      'Your own file with countries (`.mmdb`): GeoLite2, DB-IP, IPinfo and others. Loaded anew when it changes; see Docs/Geo.md.',
  }),
  geoipAsnDb: text({
    name: 'GEOIP_ASN_DB',
    fallback: null,
    shownDefault: bundled,
    sentence: 'The same with networks (AS numbers and their organisations).',
  }),
  geoipCityDb: text({
    name: 'GEOIP_CITY_DB',
    fallback: null,
    shownDefault: '',
    sentence:
      'The same with cities, which BanGUI does not bring along. Such a file is held in memory whole: up to 150 MB.',
  }),
};

type Settings = typeof geoSettings;
type Read = <K extends keyof Settings, T>(key: K, setting: Setting<T>) => T;
export type GeoConfig = { readonly [K in keyof Settings]: Settings[K]['fallback'] };

export function readGeo(read: Read): GeoConfig {
  return {
    geoipCountryDb: read('geoipCountryDb', geoSettings.geoipCountryDb),
    geoipAsnDb: read('geoipAsnDb', geoSettings.geoipAsnDb),
    geoipCityDb: read('geoipCityDb', geoSettings.geoipCityDb),
  };
}
