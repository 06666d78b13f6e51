/** All words of the pages, from one catalogue. */
import i18next, { type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import en from './locales/en.json' with { type: 'json' };

/** Ready when it returns: the catalogue is part of the program. */
export async function createTexts(): Promise<i18n> {
  const texts = i18next.createInstance();
  await texts.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: { translation: en } },
    // React escapes
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
  return texts;
}
