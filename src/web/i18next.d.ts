/** Makes every key of the catalogue a type: a text that is not there is a compile error. */
import 'i18next';
import type blocklists from './locales/blocklists.en.json';
import type configuration from './locales/configuration.en.json';
import type en from './locales/en.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en & typeof configuration & typeof blocklists };
  }
}
