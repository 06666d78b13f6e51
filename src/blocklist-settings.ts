/** The settings of what BanGUI fetches from elsewhere, and of external blocklists. */
import { flag, serviceUrl, text, wholeNumber, type Setting } from './setting.ts';

export const blocklistSettings = {
  httpTimeoutSeconds: wholeNumber({
    name: 'HTTP_TIMEOUT_SECONDS',
    from: 1,
    to: 3600,
    fallback: 30,
    sentence:
      'How long the other side of a download may be silent; ten times as long a whole download may take.',
  }),
  httpMaxBytes: wholeNumber({
    name: 'HTTP_MAX_BYTES',
    from: 1_024,
    to: 4_294_967_295,
    fallback: 268_435_456,
    sentence: 'Largest download, and largest uploaded list, in bytes, unpacked too.',
  }),
  httpProxy: serviceUrl({
    name: 'HTTP_PROXY',
    schemes: ['http', 'https'],
    sentence: 'Proxy that downloads go through. It then decides which machines can be reached by name.',
  }),
  blocklistAllowPrivateUrls: flag({
    name: 'BLOCKLIST_ALLOW_PRIVATE_URLS',
    fallback: false,
    sentence:
      'Whether lists may come from private and loopback addresses. Link-local and metadata addresses stay refused.',
  }),
  blocklistDir: text({
    name: 'BLOCKLIST_DIR',
    fallback: null,
    shownDefault: '`blocklists/` beside the database',
    sentence:
      'Folder of the lists and of the set file that fail2ban loads, which must see it under the same path.',
  }),
};

type Settings = typeof blocklistSettings;
type Read = <K extends keyof Settings, T>(key: K, setting: Setting<T>) => T;
export type BlocklistConfig = { readonly [K in keyof Settings]: Settings[K]['fallback'] };

export function readBlocklist(read: Read): BlocklistConfig {
  return {
    httpTimeoutSeconds: read('httpTimeoutSeconds', blocklistSettings.httpTimeoutSeconds),
    httpMaxBytes: read('httpMaxBytes', blocklistSettings.httpMaxBytes),
    httpProxy: read('httpProxy', blocklistSettings.httpProxy),
    blocklistAllowPrivateUrls: read('blocklistAllowPrivateUrls', blocklistSettings.blocklistAllowPrivateUrls),
    blocklistDir: read('blocklistDir', blocklistSettings.blocklistDir),
  };
}
